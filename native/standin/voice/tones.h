// Tone definitions: those the call progress analysis goes by, for each kind of board, and the application's
// own.
#pragma once

#include <map>
#include <vector>

#include "cpd/tones/plan/tone_plan.h"
#include "standin/engine/abi.h"
#include "standin/engine/network_line.h"

namespace standin {

// Frequencies in Hz, times in 10 ms; a range of 0 to 0 is none.
struct ToneSegment {
  struct Range {
    int low = 0, high = 0;
    bool holds(double value) const { return value >= low && (high == 0 || value <= high); }
  };
  Range f1, f2, twin, on, off;
};

struct ToneDefinition {
  std::vector<ToneSegment> segments;
  int repeat = 1;
};

// A tone the application defined (dx_blddt and its kin).
struct OwnTone {
  int id = 0;
  int f1 = 0, dev1 = 0, f2 = 0, dev2 = 0;
  int on = 0, onDev = 0, off = 0, offDev = 0, repeat = 0;
  bool trailing = false;
};

class STANDIN_SHARED Tones {
 public:
  explicit Tones(size_t boards);

  struct Match {
    int id = 0;          // 0: no definition of busy fits
    double afterMs = 0;  // from its beginning until it is sure
  };
  Match busy(const cpd::Cadence& cadence, const NetworkLine& line) const;
  bool ringback(const cpd::Cadence& cadence, const NetworkLine& line) const;

  // Springware: dx_chg.... False: no such id.
  bool changeFrequencies(int id, int f1, int dev1, int f2, int dev2);
  bool changeTimes(int id, int on, int onDev, int off, int offDev);
  bool changeRepeat(int id, int count);

  // DM3: what a board has. Nullptr: none of that id.
  ToneDefinition* find(int board, int id);
  void add(int board, int id, ToneDefinition definition) {
    boards_[static_cast<size_t>(board)][id] = std::move(definition);
  }
  void remove(int board, int id) { boards_[static_cast<size_t>(board)].erase(id); }

 private:
  using Table = std::map<int, ToneDefinition>;
  const Table& table(const NetworkLine& line) const;

  Table springware_;
  std::vector<Table> boards_;
};

// Listens for one of the application's tones in sound.
class ToneListener {
 public:
  ToneListener(OwnTone tone, int mask) : tone(std::move(tone)), mask(mask) {}

  enum class Heard { kNothing, kOn, kOff };
  // One frame; null is silence.
  Heard hears(const Frame* frame);

  OwnTone tone;
  int mask;  // DM_TONEON 1, DM_TONEOFF 2

 private:
  bool present(const Frame& frame);

  Frame last_{};
  bool sounds_ = false;
  int run_ = 0;  // frames of the present state
  int cycles_ = 0;
  bool on_ = false;  // told
};

}  // namespace standin
