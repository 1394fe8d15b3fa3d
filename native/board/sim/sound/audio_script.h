// What one party on a line says, one piece after the other, some of them for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "board/sim/sound/clip.h"
#include "cpd/types.h"

namespace board::sim {

class AudioScript {
 public:
  void quiet(int32_t ms);
  // As recorded.
  void clip(ClipPtr clip);
  // With the level of its active parts brought to `dbm0`.
  void clip(ClipPtr clip, float dbm0);
  // What is added from here on is repeated without end.
  void repeatFromHere() { repeatFrom_ = pieces_.size(); }

  // Starts so far into the first piece.
  void seek(int32_t ms) { offset_ = ms * (cpd::kSampleRateHz / 1000); }

  bool empty() const { return pieces_.empty(); }
  bool ended() const { return at_ >= pieces_.size(); }
  // Length up to the end or up to where it would repeat, in ms.
  int32_t lengthMs() const;
  // Silence from the end of the clip that sounds now (at once in a pause); nothing is repeated.
  void finishPiece();

  // Adds the next `count` samples to `mix`.
  void addTo(float* mix, int32_t count);

 private:
  struct Piece {
    ClipPtr clip;  // null: silence
    float gain;
    int32_t samples;
  };

  static constexpr size_t kNoRepeat = static_cast<size_t>(-1);

  std::vector<Piece> pieces_;
  size_t repeatFrom_ = kNoRepeat;
  size_t at_ = 0;
  int32_t offset_ = 0;  // in the piece, in samples
};

}  // namespace board::sim
