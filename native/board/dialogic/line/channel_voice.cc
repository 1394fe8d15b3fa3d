// What runs on the voice channel of a line: announcements, digits, and how each operation ends.
#include <cstring>
#include <utility>

#include "board/dialogic/line/channel.h"
#include "board/dialogic/vendor/constants.h"
#include "board/digit_match.h"

namespace board::dialogic {

void Channel::stopVoice() {
  if (voice_.io() == VoiceIo::kNone) return;
  voice_.stop();
  setTimer(Timer::kVoice, context_.config.watchdogs.stopMs);
}

Status Channel::play(CallRef ref, std::vector<int16_t> samples) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (transfer_ || !playback_.want(std::move(samples))) return Status::kIllegalState;
  later([this, ref] {
    if (ref_ != ref || !playback_.waiting()) return;
    if (voice_.io() == VoiceIo::kNone) {
      startPlay();
    } else {
      stopVoice();  // the stream; it goes on after the announcement
    }
  });
  return Status::kOk;
}

Status Channel::stopPlay(CallRef ref) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (!playback_.stop()) return Status::kIllegalState;
  later([this, ref] {
    if (ref_ == ref && playback_.playing()) stopVoice();
  });
  return Status::kOk;
}

void Channel::startPlay() {
  if (playback_.cancelled()) {
    playback_.end();
    post({.type = EventType::kPlayed, .completed = false});
    return;
  }
  if (!voice_.play(playback_.samples())) {
    playback_.end();
    fail("play", FailureReason::kHardware);
    return;
  }
  playback_.begun();
  const auto lengthMs = static_cast<double>(playback_.samples().size()) * 1000 / cpd::kSampleRateHz;
  setTimer(Timer::kVoice, lengthMs + context_.config.watchdogs.playMs);
}

Status Channel::collectDigits(CallRef ref, const DigitLimits& limits) {
  const Status status = checkAnswered(ref);
  if (status != Status::kOk) return status;
  if (limits.count <= 0 || limits.timeoutMs <= 0) return Status::kBadArgument;
  if (collecting_) return Status::kIllegalState;
  collecting_ = limits;
  setTimer(Timer::kDigits, limits.timeoutMs);
  later([this, ref] {
    if (ref_ == ref && running(Timer::kDigits)) tickDigits();
  });
  return Status::kOk;
}

// Called with each digit, and when the time is up: the timer does not run then.
void Channel::tickDigits() {
  if (!collecting_) return;
  const auto collected = collectedDigits(keys_, *collecting_, !running(Timer::kDigits));
  if (!collected) return;
  keys_.erase(0, collected->used);
  collecting_.reset();
  clearTimer(Timer::kDigits);
  post({.type = EventType::kDigits, .text = collected->digits, .digitsReason = collected->reason});
}

void Channel::onVoice(int event, const void* data, int length) {
  if (event == vendor::TDX_CST) {
    vendor::DxCst status{};
    if (data == nullptr || length < static_cast<int>(sizeof status)) return;
    std::memcpy(&status, data, sizeof status);
    if (status.cst_event == vendor::DE_DIGITS) {
      keys_ += static_cast<char>(status.cst_data & 0x7F);  // the type of the digit is in the high byte
      tickDigits();
    } else {
      voiceTold({.what = VoiceNews::What::kStatus, .event = status.cst_event, .data = status.cst_data});
    }
    return;
  }
  // What a stream brought before it ended is heard first.
  if (event == vendor::TDX_RECORD) hear();
  const VoiceIo over = voice_.ended(event);
  if (over != VoiceIo::kNone) {
    voiceIsFree(over, event);
  } else {
    voiceTold({.what = VoiceNews::What::kEnded, .event = event});
  }
}

void Channel::voiceIsFree(VoiceIo ended, int event) {
  clearTimer(Timer::kVoice);
  if (ended == VoiceIo::kPlay) {
    if (playback_.playing()) {
      const bool whole = playback_.end() && event != vendor::TDX_ERROR;
      post({.type = EventType::kPlayed, .completed = whole});
    }
  } else if (ended != VoiceIo::kRecord) {
    voiceTold({.what = VoiceNews::What::kEnded, .io = ended, .event = event});
  }
  if (voice_.io() != VoiceIo::kNone) return;
  if (playback_.waiting() && state_ == LineState::kAnswered) {
    startPlay();
  } else if (streamWanted_ && connection_.peer() == nullptr && !transfer_ && state_ == LineState::kAnswered) {
    voice_.record();
  }
  if (voice_.io() == VoiceIo::kNone) voiceTold({.what = VoiceNews::What::kRests});
}

// Ends what goes on beside the call itself.
void Channel::endOperations() {
  streamWanted_ = false;
  if (playback_.any()) {
    playback_.end();
    post({.type = EventType::kPlayed, .completed = false});
  }
  if (collecting_) {
    collecting_.reset();
    clearTimer(Timer::kDigits);
    post({.type = EventType::kDigits, .text = std::exchange(keys_, {}), .digitsReason = "timeout"});
  }
  unjoin();
  leaveBridge();
  transfer_.reset();
  for (const Timer timer : {Timer::kNoAnswer, Timer::kDeadline}) clearTimer(timer);
  if (voice_.io() == VoiceIo::kPlay || voice_.io() == VoiceIo::kRecord) stopVoice();
}

}  // namespace board::dialogic
