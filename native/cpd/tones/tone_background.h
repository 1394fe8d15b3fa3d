// What went on before a tone began and goes on beneath it: mains hum with its harmonics, a held note. Taken
// out of the spectrum, so that its lines are not taken for those of the tone.
//
// A few additions and comparisons a bin and frame, whatever sounds. The front end makes them, while it has
// the spectrum: it notes what is there now, the quietest and the loudest of the block, and takes the
// background out.
#pragma once

#include <array>

#include "cpd/frontend/front_end.h"

namespace cpd {

class ToneBackground {
 public:
  // For the measurement of the next frame heard.
  BackgroundBins forNextFrame();

  // And if that is too soft for anything beneath it to matter: like a frame of silence.
  BackgroundBins forQuietFrame();

  // For measuring the same frame once more, with a background adopted since.
  BackgroundBins forSameFrame();

  // Ahead of forNextFrame().
  void prefetch() const;

  // A tone began within the last 100 ms, its strongest line at `hz`: what has sounded all of the last 200 ms
  // is background from now on. False, and nothing changes, if that line has sounded for so long itself: then
  // it is no new tone; and if there is nothing to take out that was not taken out before. `newest`: the
  // frame's bins as they came.
  bool adopt(float hz, const float (&newest)[BackgroundBins::kBins]);

  // Mean square of the background, 16 bit units.
  float power() const;

 private:
  static constexpr int kBins = BackgroundBins::kBins;
  static constexpr int kBlockFrames = 4;  // the quietest and the loudest are kept of blocks of so many frames
  static constexpr int kBlocks = 3;

  using Bins = std::array<float, kBins>;
  struct Block {
    Bins quietest, loudest;
  };

  BackgroundBins beginFrame();
  float* background() { return hasBackground_ ? background_.data() : nullptr; }

  int block_ = 0;
  int inBlock_ = 0;
  int quietFrames_ = 0;         // in a row
  bool hasBackground_ = false;  // some of it is not 0
  Bins background_{};
  std::array<Block, kBlocks> blocks_{};  // the newest at `block_`
};

}  // namespace cpd
