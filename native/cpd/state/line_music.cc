#include "cpd/state/line_music.h"

namespace cpd {
namespace {

constexpr int kEvery = 10;      // frames between two looks whether it still is music
constexpr float kPauseDb = 22;  // below its loudest, for so many frames: it has stopped
constexpr int kPauseFrames = 10;
constexpr int kWordFrames = 25;                    // a word that took its place just before the pause
constexpr float kOverDb = 4, kOverVoicing = 0.5f;  // a voice that is louder, for so many frames
constexpr int kOverFrames = 12;

}  // namespace

bool LineMusic::isHeard() const {
  return detector_.logOdds(MusicDetector::kFrames) >= MusicDetector::kMusic &&
         detector_.logOdds(MusicDetector::kStillFrames) >= MusicDetector::kMusicStill;
}

bool LineMusic::goesOnBefore(int pause) const {
  return detector_.logOdds(kFrames) >= MusicDetector::kMusic && pause + kWordFrames <= kFrames &&
         detector_.logOdds(kWordFrames, pause) >= MusicDetector::kMusicStill;
}

void LineMusic::begin(float loudestDbm0) {
  state_ = State::kPlaying;
  pauseFrames_ = voiceFrames_ = 0;
  loudestDbm0_ = loudestDbm0;
}

int LineMusic::endsBefore(const FrameFeatures& frame, int frames) {
  if (frame.lost || !isPlaying()) return 0;
  pauseFrames_ = frame.levelDbm0 < loudestDbm0_ - kPauseDb ? pauseFrames_ + 1 : 0;
  if (frame.levelDbm0 > loudestDbm0_ + kOverDb && frame.voicing > kOverVoicing) ++voiceFrames_;
  int back = 0;
  if (pauseFrames_ >= kPauseFrames) {
    const bool word = detector_.logOdds(kWordFrames, pauseFrames_) < MusicDetector::kMusicStill;
    back = word ? kWordFrames + pauseFrames_ : pauseFrames_;
  } else if (voiceFrames_ >= kOverFrames) {
    back = 2 * kOverFrames;
  } else if (frames % kEvery == 0 &&
             detector_.logOdds(MusicDetector::kStillFrames) < MusicDetector::kMusicStill) {
    back = MusicDetector::kStillFrames;
  }
  if (back > 0) state_ = State::kNone;
  return back;
}

}  // namespace cpd
