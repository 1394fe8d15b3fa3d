// A voice channel dials: digits, flash and pauses, then the analysis of the call.
#include <algorithm>
#include <cctype>
#include <memory>
#include <string>
#include <utility>

#include "standin/engine/engine.h"
#include "standin/engine/world.h"
#include "standin/voice/voice_channel.h"
#include "standin/voice/voice_numbers.h"

namespace standin {
namespace {

constexpr double kDigitMs = 100;

double orDefault(unsigned value, double otherwise) { return (value == 0 ? otherwise : value) * 10.0; }

}  // namespace

CpaSettings VoiceChannel::cpaSettings() const {
  CpaSettings s;
  const int flags = cap_.intflg == 0 ? 1 : cap_.intflg;
  s.sit = flags == 1 || flags == 3 || flags == 5 || flags == 6 || flags == 8;
  s.pvd = s.fax = flags >= 4;
  s.pamd = flags == 7 || flags == 8;
  const bool springware = board.family == Family::kSpringware;
  s.quick = cap_.pamdSpdval == 2;
  s.frequencyIds = !springware;
  s.noSignalMs = orDefault(cap_.cnosig, 4000);
  s.noAnswerMs = orDefault(cap_.noanswer, 3000);
  s.failMs = orDefault(cap_.pamdFailtime, 400);
  if (springware) {
    if (!perfectCall) s.noAnswerMs = (cap_.nbrdna == 0 ? 4 : cap_.nbrdna) * 6'000.0;
    s.maxRingGapMs = orDefault(cap_.maxintering, 800);
    s.longSoundMs = orDefault(cap_.cnosil, 650);
    s.maxAnswerMs = orDefault(cap_.maxansr, 1000);
    s.answerEndGapMs = cap_.hedge == 1 || cap_.ansrdgl == 0xFFFF ? 0 : cap_.ansrdgl * 10.0;
    s.windows[0] = {cap_.lowerfrq == 0 ? 900.0 : cap_.lowerfrq, cap_.upperfrq == 0 ? 1000.0 : cap_.upperfrq};
    s.windows[1] = {double(cap_.lower2frq), double(cap_.upper2frq)};
    s.windows[2] = {double(cap_.lower3frq), double(cap_.upper3frq)};
    s.loopCurrent = cap_.lcdly != -1;
    s.loopAnswer = board.loopAnswer && s.loopCurrent;
  }
  return s;
}

int VoiceChannel::dial(Opened& by, const char* digits, const DxCap* cap, int mode,
                       std::unique_lock<std::mutex>& lock) {
  if (digits == nullptr) return fail(by, EDX_BADPARM);
  const bool callp = (mode & kCallp) != 0;
  const bool springware = board.family == Family::kSpringware;
  dialString_ = digits;
  if (!springware && callp && dialString_.find_first_not_of(' ') != std::string::npos) {
    engine_.misuse.count("number_in_dm3_analysis", "dx_dial on " + name + " with digits");
    return fail(by, EDX_BADPARM);
  }
  const auto upper = [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); };
  if (springware && !dialString_.empty() && std::isdigit(static_cast<unsigned char>(dialString_[0])))
    engine_.misuse.count("dial_without_mode", "dx_dial on " + name + " without T, P or M in front");
  if (!begin(by, callp ? Op::kCallp : Op::kDial, mode, "dx_dial"))
    return by.lastError == EDX_BUSY || (mode & kAsync) == 0 ? -1 : 0;
  result = CpaResult();
  cpError = 0;
  dtnFail = 0;
  cap_ = DxCap{};
  capAt_ = nullptr;
  if (callp && cap != nullptr) {
    cap_ = *cap;
    if ((mode & kAsync) != 0) capAt_ = cap;
    const bool pamd = cap_.intflg == 7 || cap_.intflg == 8;
    if (springware && pamd && cap_.pamdQtemp != 11 && cap_.pamdQtemp != 12)
      engine_.misuse.count("pamd_template_not_set", "dx_dial on " + name);
  }
  dialCallp_ = callp;
  dialAt_ = 0;
  dialledDigits_.clear();
  for (char& c : dialString_) {
    if (upper(c) == 'T' || upper(c) == 'P' || upper(c) == 'M' || upper(c) == 'L' || upper(c) == 'I' ||
        upper(c) == 'X')
      c = upper(c);
  }
  if (callp && springware && source != own)
    engine_.misuse.count("voice_not_routed_back", "dx_dial on " + name + ", which hears another device");
  if (callp && springware && !offHook_) engine_.misuse.count("dial_on_hook", "dx_dial on " + name);
  if (!springware && callp) {
    NetworkLine* line = heardLine();
    if (line == nullptr) engine_.misuse.count("analysis_of_nothing", name + " listens to no line");
    startCpa();
  } else {
    engine_.after(cpd::kFrameMs, this, [this] { dialNext(); });
  }
  if (!sync_) return 0;
  if (finishSync(by, lock) != 0) return -1;
  return callp ? result.result : 0;
}

void VoiceChannel::dialNext() {
  if (dialAt_ >= dialString_.size()) return dialled();
  const char c = dialString_[dialAt_++];
  double ms = 0;
  if (c == 'T' || c == 'P' || c == 'M') {
    dialMode_ = c;
  } else if (c == ',') {
    ms = pauseTime * 10;
  } else if (c == flashChar && dialMode_ != 'M') {
    flash();
    ms = flashTime * 10 + 200;
  } else if ((c == 'L' || c == 'I' || c == 'X') && perfectCall && dialCallp_) {
    const bool heard = own->active && own->active->dialTone;
    const double present = orDefault(cap_.dtnPres, 100), absent = orDefault(cap_.dtnNpres, 300);
    if (!heard) {
      engine_.after(absent, this, [this, c] {
        result.result = CR_NODIALTONE;
        dtnFail = static_cast<unsigned char>(c);
        complete(TDX_CALLP);
      });
      return;
    }
    ms = present + 200;
  } else if (std::isdigit(static_cast<unsigned char>(c)) || c == '*' || c == '#' || (c >= 'a' && c <= 'd') ||
             (c >= 'A' && c <= 'D')) {
    dialledDigits_ += c;
    if (own != nullptr && own->active && !own->active->dialled()) own->active->line.dialling();
    ms = dialMode_ == 'P' ? 100.0 * (c == '0' ? 10 : c - '0') + 700 : kDigitMs;
  }
  if (ms == 0) return dialNext();
  engine_.after(ms, this, [this] { dialNext(); });
}

void VoiceChannel::dialled() {
  NetworkLine* line = own;
  if (line != nullptr && offHook_ && line->active && !dialledDigits_.empty() && !line->active->dialled()) {
    std::string number = dialledDigits_;
    if (!board.access.empty() && number.starts_with(board.access) && !flashed_)
      number.erase(0, board.access.size());
    if (!loopDropped_ && !line->blocked()) line->dial(line->active, number);
  }
  if (op_ == Op::kDial || !offHook_) return complete(TDX_DIAL);
  startCpa();
}

void VoiceChannel::startCpa() {
  NetworkLine* line = heardLine();
  CpaSettings settings = cpaSettings();
  if (line == nullptr || (own != nullptr && loopDropped_)) {
    engine_.after(settings.noSignalMs, this, [this] {
      result.result = CR_NORB;
      complete(TDX_CALLP);
    });
    return;
  }
  cpa_ = std::make_unique<Cpa>(engine_, engine_.world->tones, *line, settings,
                               [this](const CpaResult& found) { cpaDone(found); });
  // Nobody dials at all: the silence is heard too.
  if (!line->active || !line->active->dialled()) {
    engine_.after(settings.noSignalMs, this, [this] {
      if (heardLine() != nullptr && heardLine()->active && heardLine()->active->dialled()) return;
      result.result = CR_NORB;
      complete(TDX_CALLP);
    });
  }
}

void VoiceChannel::cpaDone(const CpaResult& found) {
  result = found;
  complete(TDX_CALLP);
}

}  // namespace standin
