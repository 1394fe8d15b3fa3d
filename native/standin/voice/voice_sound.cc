// Sound of a voice channel: play, record, tones, digits, and the conditions that end them.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>

#include "standin/engine/engine.h"
#include "standin/engine/world.h"
#include "standin/voice/voice_channel.h"
#include "standin/voice/voice_numbers.h"

namespace standin {
namespace {

// Digits that DX_DIGMASK names, bit by bit.
constexpr char kMaskDigits[] = "d1234567890*#abc";

}  // namespace

int VoiceChannel::io(Opened& by, bool record, const DxIott* iott, const DvTpt* tpt, const DxXpb* xpb,
                     int mode, std::unique_lock<std::mutex>& lock) {
  const char* function = record ? "dx_reciottdata" : "dx_playiottdata";
  SoundFormat format;
  if (const int error = readFormat(xpb, format)) return fail(by, error);
  std::vector<Transfer> transfers;
  if (iott == nullptr) return fail(by, EDX_BADIOTT);
  if (const int error = readTransfers(iott, record, transfers)) return fail(by, error);
  const DxUio& functions = ownUio ? uio : engine_.world->uio;
  for (const Transfer& t : transfers) {
    const bool missing = record ? functions.write == nullptr : functions.read == nullptr;
    if (t.user && missing) return fail(by, EDX_BADIOTT);
  }
  std::vector<DvTpt> terms;
  for (const DvTpt* t = tpt; t != nullptr; t = (t->type & IO_LINK) ? t->next : t + 1) {
    if (terms.size() == 32) return fail(by, EDX_BADTPT);
    if (t->termno < 1 || t->termno > 13) return fail(by, EDX_BADTPT);
    terms.push_back(*t);
    if (t->type & IO_EOT) break;
  }
  if (!begin(by, record ? Op::kRecord : Op::kPlay, mode, function))
    return by.lastError == EDX_BUSY || (mode & kAsync) == 0 ? -1 : 0;
  terms_ = std::move(terms);
  transferred = 0;
  silentMs_ = loudMs_ = 0;
  toneHeard_ = 0;
  for (const DvTpt& t : terms_) {
    if (t.termno == DX_MAXDTMF && (t.flags & TF_CLRBEG)) digitBuffer.clear();
  }
  lastDigitAt_ = engine_.now();
  if (record) {
    recorder_.emplace(engine_, std::move(transfers), format, functions);
  } else {
    player_.emplace(engine_, std::move(transfers), format, functions);
    for (NetworkLine& line : engine_.world->lines) {
      if (line.source == this && line.active)
        line.active->line.listen(static_cast<int32_t>(player_->lengthMs()), engine_.world->sounds);
    }
  }
  return finishSync(by, lock);
}

int VoiceChannel::playTone(Opened& by, const TnGen& tone, const DvTpt* tpt, int mode,
                           std::unique_lock<std::mutex>& lock) {
  std::vector<DvTpt> terms;
  for (const DvTpt* t = tpt; t != nullptr && terms.size() < 32; t = (t->type & IO_LINK) ? t->next : t + 1) {
    terms.push_back(*t);
    if (t->type & IO_EOT) break;
  }
  if (tone.f1 < 200 || tone.f1 > 3000) return fail(by, EDX_FREQGEN);
  if (!begin(by, Op::kTone, mode, "dx_playtone"))
    return by.lastError == EDX_BUSY || (mode & kAsync) == 0 ? -1 : 0;
  terms_ = std::move(terms);
  tone_ = tone;
  toneLeftMs_ = tone.duration < 0 ? 1e12 : tone.duration * 10.0;
  tonePhase_ = 0;
  return finishSync(by, lock);
}

int VoiceChannel::digits(Opened& by, const DvTpt* tpt, DvDigit* into, int mode,
                         std::unique_lock<std::mutex>& lock) {
  if (into == nullptr) return fail(by, EDX_BADPARM);
  std::vector<DvTpt> terms;
  for (const DvTpt* t = tpt; t != nullptr && terms.size() < 32; t = (t->type & IO_LINK) ? t->next : t + 1) {
    if (t->termno < 1 || t->termno > 13) return fail(by, EDX_BADTPT);
    if (t->termno == DX_MAXDTMF && (t->length < 1 || t->length > 31)) return fail(by, EDX_BADTPT);
    terms.push_back(*t);
    if (t->type & IO_EOT) break;
  }
  if (!begin(by, Op::kDigits, mode, "dx_getdig"))
    return by.lastError == EDX_BUSY || (mode & kAsync) == 0 ? -1 : 0;
  terms_ = std::move(terms);
  digitsInto_ = into;
  lastDigitAt_ = engine_.now();
  const int result = finishSync(by, lock);
  return result != 0 ? result : sync_ ? static_cast<int>(std::strlen(into->value)) : 0;
}

void VoiceChannel::endIo(int mask) {
  termMask = mask;
  switch (op_) {
    case Op::kPlay:
      transferred = player_ ? player_->played() : 0;
      return complete(TDX_PLAY);
    case Op::kRecord:
      if (recorder_) {
        transferred = recorder_->recorded();
        auto last = std::make_shared<Recorder>(std::move(*recorder_));
        recorder_.reset();
        last->finish([this, last] { complete(TDX_RECORD); });
      }
      return;
    case Op::kTone:
      return complete(TDX_PLAYTONE);
    case Op::kDigits: {
      // As many as were asked for, up to and with the one that ends them.
      size_t count = std::min<size_t>(digitBuffer.size(), 31);
      for (const DvTpt& t : terms_) {
        if (t.termno == DX_MAXDTMF) count = std::min<size_t>(count, t.length);
        if (t.termno != DX_DIGMASK) continue;
        for (size_t i = 0; i < count; ++i) {
          const char* bit = std::strchr(kMaskDigits, digitBuffer[i]);
          if (bit != nullptr && (t.length & (1u << (bit - kMaskDigits)))) count = i + 1;
        }
      }
      *digitsInto_ = DvDigit{};
      std::memcpy(digitsInto_->value, digitBuffer.data(), count);
      std::memset(digitsInto_->type, '0', count);
      digitBuffer.erase(0, count);
      return complete(TDX_GETDIG);
    }
    default:
      return;
  }
}

// Whether one of the termination conditions holds; then it ended the operation.
bool VoiceChannel::terminates() {
  const double ran = engine_.now() - opStart_;
  for (const DvTpt& t : terms_) {
    const double ms = t.length * ((t.flags & TF_10MS) ? 10.0 : 100.0);
    int mask = 0;
    switch (t.termno) {
      case DX_MAXTIME:
        if (ms > 0 && ran >= ms) mask = TM_MAXTIME;
        break;
      case DX_MAXDTMF:
        if (digitBuffer.size() >= t.length) mask = TM_MAXDTMF;
        break;
      case DX_IDDTIME:
        if (ms > 0 && !digitBuffer.empty() && engine_.now() - lastDigitAt_ >= ms) mask = TM_IDDTIME;
        break;
      case DX_DIGMASK:
        for (const char digit : digitBuffer) {
          const char* bit = std::strchr(kMaskDigits, digit);
          if (bit != nullptr && (t.length & (1u << (bit - kMaskDigits)))) mask = TM_DIGIT;
        }
        break;
      case DX_LCOFF:
        if (own != nullptr && offHook_ && !loopCurrent()) mask = TM_LCOFF;
        break;
      case DX_MAXSIL:
        if (silentMs_ >= ms) mask = TM_MAXSIL;
        break;
      case DX_MAXNOSIL:
        if (loudMs_ >= ms) mask = TM_MAXNOSIL;
        break;
      case DX_TONE:
        if (toneHeard_ == t.length && toneHeardOn_ == (t.data == 1)) {
          mask = TM_TONE;
          toneId = toneHeard_;
        }
        break;
      default:
        break;
    }
    if (mask == 0) continue;
    endIo(mask);
    return true;
  }
  return false;
}

bool VoiceChannel::hungry() const {
  return recorder_.has_value() || !listeners.empty() || (eventMask & 0x6) != 0 || op_ == Op::kDigits;
}

void VoiceChannel::hears(const Frame* frame) {
  if (!hungry()) return;
  if (recorder_ && !stopping_ && !recorder_->frame(frame)) endIo(recorder_->failed() ? TM_ERROR : TM_EOD);
  double energy = 0;
  if (frame != nullptr) {
    for (const int16_t sample : *frame) energy += static_cast<double>(sample) * sample;
  }
  constexpr double kSilent = 2e4;  // mean square: about -42 dBm0
  const bool silent = energy / cpd::kFrameSamples < kSilent;
  silentMs_ = silent ? silentMs_ + cpd::kFrameMs : 0;
  loudMs_ = silent ? 0 : loudMs_ + cpd::kFrameMs;
  constexpr double kSilenceMs = 300, kSoundMs = 60;
  if (silentMs_ == kSilenceMs) status(DE_SILON, 0);
  if (loudMs_ == kSoundMs) status(DE_SILOF, 0);
  for (ToneListener& listener : listeners) {
    const auto heard = listener.hears(frame);
    if (heard == ToneListener::Heard::kNothing) continue;
    toneHeard_ = listener.tone.id;
    toneHeardOn_ = heard == ToneListener::Heard::kOn;
    const int event = toneHeardOn_ ? DE_TONEON : DE_TONEOFF;
    if (listener.mask & (toneHeardOn_ ? 1 : 2)) {
      // Tones that are enabled say so without a mask of their own.
      eventMask |= 1u << (event - 1);
      status(event, listener.tone.id);
    }
  }
}

void VoiceChannel::key(char digit) {
  constexpr size_t kKept = 31;
  if (digitBuffer.size() < kKept) digitBuffer += digit;
  lastDigitAt_ = engine_.now();
  status(DE_DIGITS, digit);
}

void VoiceChannel::tick() {
  sounding_ = false;
  if (op_ == Op::kNone || stopping_) return;
  if (engine_.faults.hangs(name)) return;
  if (player_) {
    bool underrun = false;
    if (!player_->next(sent_, underrun)) return endIo(TM_EOD);
    sounding_ = true;
    if (underrun) status(DE_UNDERRUN, 0);
  }
  if (op_ == Op::kTone) {
    const double amplitude = 8000 * std::pow(10.0, (tone_.amp1 < -60 ? -10 : tone_.amp1) / 20.0);
    for (int16_t& sample : sent_) {
      tonePhase_ += 2 * std::numbers::pi * tone_.f1 / cpd::kSampleRateHz;
      sample = static_cast<int16_t>(amplitude * std::sin(tonePhase_));
    }
    sounding_ = true;
    toneLeftMs_ -= cpd::kFrameMs;
    if (toneLeftMs_ <= 0) return endIo(TM_EOD);
  }
  if (op_ == Op::kPlay || op_ == Op::kRecord || op_ == Op::kDigits || op_ == Op::kTone) terminates();
}

}  // namespace standin
