// A call on a line of Global Call: made, answered, analysed, dropped and released.
#include <cstring>
#include <utility>

#include "board/dialogic/cpa/cap_settings.h"
#include "board/dialogic/cpa/cpa_meaning.h"
#include "board/dialogic/cpa/gc_call_block.h"
#include "board/dialogic/line/global_call/gc_line.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

constexpr double kPollMs = 2'000;  // the state of a call is asked so often, for events that got lost
constexpr int kOddStatesLost = 2;
constexpr int kNoCause = -1;
constexpr float kNothingKnown = 0.5f;

}  // namespace

void GcLine::beginSeize() {
  restPending_ = false;
  held_.reset();
  seized();
}

bool GcLine::placeCall(int& crn, const std::string& number, bool analysis) {
  blocks_ = {};
  void* parameters = nullptr;
  if (const auto settings = analysisOf(call_.parameters, analysis)) {
    writeParameters(blocks_.parameters, sizeof blocks_.parameters, *settings);
    parameters = blocks_.parameters;
  }
  writeMakecall(blocks_.gclib, *context_.layout, call_.parameters.callerId, parameters);
  blocks_.makecall[0] = blocks_.gclib;
  Cell cell;
  constexpr int kSecondMs = 1'000;
  const long limit = (call_.parameters.ringTimeoutMs + context_.config.watchdogs.dialMs) / kSecondMs;
  const std::string destination = number + place_.config.destinationSuffix;
  const int result = context_.api.gc_MakeCall(line_, cell.at(), destination.c_str(), blocks_.makecall, limit,
                                              vendor::EV_ASYNC);
  if (gc("gc_MakeCall", result, masked(number)) == -1) return false;
  crn = cell.value();
  return true;
}

void GcLine::beginDial() {
  if (!move(Phase::kDialling)) return recover("dial");
  oddStates_ = 0;
  const bool board = call_.listening() && call_.cpa != Cpa::kOurs;
  const bool withCall = board && place_.config.method == CpaMethod::kGlobalCall;
  crn_ = 0;
  if (!placeCall(crn_, call_.number, withCall)) return dialFailed(FailureReason::kDialFailed);
  dialled();
  setTimer(Timer::kPoll, kPollMs);
  listenToStream();
  if (board && place_.config.method == CpaMethod::kDial) {
    // The digit string is empty: the network has the number, the voice device only listens (4.1).
    if (!voice_.analyse("", makeCap(context_.config.cap, call_.parameters))) note("no analysis on this call");
  }
}

void GcLine::onCall(const GcEvent& event) {
  switch (event.type) {
    case vendor::GCEV_PROCEEDING:
      if (phase_ == Phase::kDialling) {
        move(Phase::kProgress);
        post(EventType::kProceeding);
      }
      return;
    case vendor::GCEV_ALERTING:
      if (phase_ == Phase::kDialling) move(Phase::kProgress);
      if (phase_ == Phase::kProgress) ringing(false);
      return;
    case vendor::GCEV_CONNECTED:
      return connected();
    case vendor::GCEV_MEDIADETECTED:
      return mediaDetected();
    case vendor::GCEV_DISCONNECTED:
      return networkReleased(event);
    case vendor::GCEV_DROPCALL:
      if (phase_ == Phase::kDropping) releaseCall();
      return;
    case vendor::GCEV_RELEASECALL:
      if (phase_ != Phase::kReleasing) return;
      crn_ = 0;
      return callIsGone();
    case vendor::GCEV_RELEASECALL_FAIL:
      return recover("release");
    default:
      if (switchEvent(event)) return;
      if (phase_ == Phase::kMoving) transferEvent(event);
  }
}

void GcLine::connected() {
  if (phase_ != Phase::kDialling && phase_ != Phase::kProgress) return;
  move(Phase::kUp);
  answered(false);
  if (held_) boardDecides(*std::exchange(held_, std::nullopt));
}

void GcLine::mediaDetected() {
  if (!call_.listening() || place_.config.method != CpaMethod::kGlobalCall) return;
  alignas(8) unsigned char buffer[64] = {};
  if (gc("gc_GetCallInfo", context_.api.gc_GetCallInfo(crn_, vendor::CONNECT_TYPE, buffer), "CONNECT_TYPE") ==
      -1)
    return;
  const int type = buffer[0];
  if (CpaEntry* entry = cpaEntry()) entry->gcConnect = type;
  const Meaning* meaning = meaningOf("GCCT", type);
  if (meaning != nullptr && meaning->told != Told::kVerdict) return;
  const std::string rule = "board: " + vendor::nameOf("GCCT", type);
  boardDecides(boardEvidence(rule, meaning == nullptr ? cpd::Verdict::kUnknown : meaning->verdict,
                             cpd::SitCategory::kNone,
                             meaning == nullptr ? kNothingKnown : meaning->confidence));
}

// The event of a verdict may be lost; the library knows it all the same.
void GcLine::beforeDeadline() {
  if (phase_ == Phase::kUp && crn_ != 0 && call_.cpa != Cpa::kOurs && !call_.board) mediaDetected();
}

void GcLine::networkReleased(const GcEvent& event) {
  if (switchEvent(event)) return;
  if (CpaEntry* entry = cpaEntry()) {
    entry->gcResult = event.result;
    entry->gcCcValue = event.ccValue;
    entry->gcMessage = event.message;
  }
  const Meaning* meaning = meaningOf("GCRV", event.result);
  const int told = event.ccValue == kNotAsked ? kNoCause : causeOf(event.ccValue);
  const int same = meaning == nullptr ? kNoCause : meaning->cause;
  const bool early = call_.answeredAt < 0 && state_ != LineState::kDropping;
  int cause = told != kNoCause ? told : same;
  if (early && meaning != nullptr) {
    switch (meaning->told) {
      case Told::kVerdict:
        cause = same;
        boardDecides(boardEvidence(std::string("board: ") + meaning->name, meaning->verdict, meaning->sit,
                                   meaning->confidence));
        break;
      case Told::kNoAnswer:
        cause = same;
        break;
      case Told::kNoDialTone:
        dialFailed(FailureReason::kNoDialTone);
        break;
      case Told::kGlare:
        dialFailed(FailureReason::kGlare);
        break;
      default:
        break;
    }
  }
  disconnected(cause);
  if (phase_ == Phase::kDialling || phase_ == Phase::kProgress || phase_ == Phase::kUp ||
      phase_ == Phase::kMoving) {
    hangUp();
  }
}

void GcLine::voiceTold(const VoiceNews& news) {
  switch (news.what) {
    case VoiceNews::What::kEnded:
      return voiceEnded(news.io, news.event);
    case VoiceNews::What::kStatus:
      return;  // loop current and tones: the network tells
    case VoiceNews::What::kRests:
      return voiceRests();
  }
}

void GcLine::voiceEnded(VoiceIo io, int event) {
  if (io == VoiceIo::kAnalyse && event != vendor::TDX_ERROR) analysed();
}

void GcLine::analysed() {
  if (phase_ != Phase::kDialling && phase_ != Phase::kProgress && phase_ != Phase::kUp) return;
  const CpaNumbers numbers = readCpa(context_.api, voice_.handle());
  if (CpaEntry* entry = cpaEntry()) entry->numbers = numbers;
  const Meaning* meaning = meaningOf("CR", numbers.term);
  if (meaning == nullptr || meaning->told == Told::kStopped || meaning->told == Told::kFailed) return;
  std::string rule = std::string("board: ") + meaning->name;
  if (meaning->told == Told::kNoAnswer || meaning->told == Told::kNoRingback) return nobodyAnswers();
  if (meaning->told == Told::kConnect) {
    rule += " " + vendor::nameOf("CON", numbers.connection);
    const Meaning* why = meaningOf("CON", numbers.connection);
    EvidenceCopy evidence =
        boardEvidence(rule, why == nullptr ? cpd::Verdict::kUnknown : why->verdict, cpd::SitCategory::kNone,
                      why == nullptr ? kNothingKnown : why->confidence);
    // A connect by its sound does not prove that the network connected (5.3): early media sounds alike.
    if (call_.answeredAt < 0) {
      held_ = std::move(evidence);
    } else {
      boardDecides(std::move(evidence));
    }
    return;
  }
  cpd::SitCategory sit = meaning->sit;
  float confidence = meaning->confidence;
  if (meaning->verdict == cpd::Verdict::kSit) {
    // The result itself names a category too; what the tone's id or its measures say is surer.
    const SitTold told = sitOf(numbers);
    if (told.id != nullptr || told.category != cpd::SitCategory::kNone) {
      sit = told.category;
      confidence = told.confidence;
    }
    if (told.id != nullptr) rule += std::string(" ") + told.id;
  }
  EvidenceCopy evidence = boardEvidence(rule, meaning->verdict, sit, confidence);
  if (meaning->verdict == cpd::Verdict::kFax && call_.answeredAt < 0) {
    held_ = std::move(evidence);
  } else {
    boardDecides(std::move(evidence));
  }
}

void GcLine::hangUp() {
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kBlocked:
    case Phase::kFailed:
      return restIfSilent();
    case Phase::kSeized:
      return callIsGone();
    case Phase::kDialling:
    case Phase::kProgress:
    case Phase::kUp:
    case Phase::kMoving:
      if (consultation_ != 0 && consult_ != Consult::kEnding) endConsultation();
      if (crn_ == 0) return callIsGone();
      return dropCall();
    default:
      return;  // on its way: an event is awaited, and a watchdog runs
  }
}

void GcLine::dropCall() {
  switchAsked_ = false;
  move(Phase::kDropping);
  clearTimer(Timer::kPoll);
  setTimer(Timer::kWatch, context_.config.watchdogs.dropMs);
  stopVoice();
  if (gc("gc_DropCall", context_.api.gc_DropCall(crn_, vendor::GC_NORMAL_CLEARING, vendor::EV_ASYNC)) == -1) {
    recover("drop");
  }
}

void GcLine::releaseCall() {
  move(Phase::kReleasing);
  setTimer(Timer::kWatch, context_.config.watchdogs.releaseMs);
  if (gc("gc_ReleaseCallEx", context_.api.gc_ReleaseCallEx(crn_, vendor::EV_ASYNC)) == -1) recover("release");
}

// Nothing of the call is left at the network; the voice device may still be ending something.
void GcLine::callIsGone() {
  crn_ = 0;
  clearTimer(Timer::kWatch);
  clearTimer(Timer::kPoll);
  move(networkBlocked_ ? Phase::kBlocked : Phase::kIdle);
  restIfSilent();
}

void GcLine::restIfSilent() {
  if (voice_.io() == VoiceIo::kNone && consultation_ == 0) {
    restPending_ = false;
    return rested();
  }
  restPending_ = true;
  stopVoice();
}

void GcLine::voiceRests() {
  if (restPending_) restIfSilent();
}

int GcLine::callState() const {
  if (crn_ == 0 || context_.api.gc_GetCallState == nullptr) return -1;
  Cell state;
  return context_.api.gc_GetCallState(crn_, state.at()) == -1 ? -1 : state.value();
}

void GcLine::beforeNoAnswer() {
  if (callState() != vendor::GCST_CONNECTED) return;
  ++context_.counters.lostEvents;
  note("no event for the answer, but the call is connected");
  connected();
}

void GcLine::onPoll() {
  if (crn_ == 0) return;
  const int state = callState();
  const bool connectedUnheard =
      state == vendor::GCST_CONNECTED && (phase_ == Phase::kDialling || phase_ == Phase::kProgress);
  const bool goneUnheard = (state == vendor::GCST_DISCONNECTED || state == vendor::GCST_IDLE) &&
                           (phase_ == Phase::kDialling || phase_ == Phase::kProgress || phase_ == Phase::kUp);
  oddStates_ = connectedUnheard || goneUnheard ? oddStates_ + 1 : 0;
  if (oddStates_ >= kOddStatesLost) {
    oddStates_ = 0;
    ++context_.counters.lostEvents;
    note("no event, but the state of the call is " + vendor::nameOf("GCST", state));
    if (connectedUnheard) {
      connected();
    } else if (std::exchange(switchAsked_, false)) {
      return transferred(true);
    } else {
      disconnected(kNoCause);
      return hangUp();
    }
  }
  setTimer(Timer::kPoll, kPollMs);
}

}  // namespace board::dialogic
