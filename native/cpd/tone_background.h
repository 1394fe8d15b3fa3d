// What went on before a tone began and goes on beneath it: mains hum with its harmonics, a held note. Taken
// out of the spectrum, so that its lines are not taken for those of the tone.
//
// A few additions and comparisons a bin and frame, whatever sounds.
#pragma once

#include <array>

#include "cpd/tone_spectrum.h"

namespace cpd {

class ToneBackground {
 public:
  // Once per frame heard. `power` as it came; left without the background.
  void takeOut(TonePower& power);

  // A tone began within the last 100 ms, its strongest line at `hz`: what has sounded all of the last 200 ms
  // is background from now on, and taken out of `power` as well. False, and nothing changes, if that line has
  // sounded for so long itself: then it is no new tone.
  bool adopt(float hz, TonePower& power);

 private:
  static constexpr int kBins = 64;        // up to 1 kHz
  static constexpr int kBlockFrames = 4;  // the quietest and the loudest are kept of blocks of so many frames
  static constexpr int kBlocks = 3;

  using Bins = std::array<float, kBins>;
  struct Block {
    Bins quietest, loudest;
  };

  void clean(TonePower& power) const;

  Bins newest_{};  // as it came
  Bins background_{};
  std::array<Block, kBlocks> blocks_{};  // the newest at `block_`
  int block_ = 0;
  int inBlock_ = 0;
};

}  // namespace cpd
