// The call cut into segments, each frame in exactly one, settled a little behind what is heard.
#include "cpd/state/detector_state.h"

namespace cpd {
namespace {

constexpr float kNoiseDbm0 = -48;  // steady sound above this is called noise
// A tone is over only after so many frames without it, which were marked as its own.
constexpr int kBridgeFrames = 3;

}  // namespace

SegmentKind DetectorState::kindOf(const VoiceActivity& activity, int frame, float (&hz)[3]) const {
  hz[0] = hz[1] = hz[2] = 0;
  const HistoryFrame& f = history.at(frame);
  if (evidence.beepMs != kNever && frame >= evidence.beepMs / kFrameMs &&
      frame < (beepEndMs + kFrameMs - 1) / kFrameMs)
    return SegmentKind::kBeep;
  if (f.is(HistoryFrame::kMusic)) return SegmentKind::kMusic;
  if (f.is(HistoryFrame::kTone)) {
    bool inside = false, justOver = false;
    for (const ToneNote& note : notes) {
      if (frame >= note.startFrame && frame < note.endFrame) {
        std::copy(std::begin(note.hz), std::end(note.hz), hz);
        inside = true;
      }
      justOver = justOver || (frame >= note.endFrame && frame < note.endFrame + kBridgeFrames);
    }
    if (inside || !justOver) return SegmentKind::kTone;
  }
  for (int i = 0; i < activity.runs; ++i)
    if (frame >= activity.run[i].start && frame < activity.run[i].end) return SegmentKind::kSpeech;
  return f.levelDbm0() > kNoiseDbm0 ? SegmentKind::kNoise : SegmentKind::kSilence;
}

// Moves the final part of the timeline on to frame `upTo`, or as far as there is room to say so.
void DetectorState::settle(const VoiceActivity& activity, int upTo, bool tentative) {
  settled = std::max(settled, history.oldest());
  int frame = settled;
  for (; frame < upTo && (tentative || said.hasRoomForSegment()); ++frame) {
    float hz[3];
    const SegmentKind kind = kindOf(activity, frame, hz);
    if (const Segment* ended = timeline.add(kind, history.at(frame).levelDbm0(), hz); ended && !tentative)
      say(ObservationKind::kSegment, ended->startMs, ended->endMs)->segment = *ended;
  }
  if (!tentative) settled = frame;
}

}  // namespace cpd
