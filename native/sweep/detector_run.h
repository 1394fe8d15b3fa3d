// The detector over one call, and what it said.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cpd/detector.h"
#include "sweep/line_simulation.h"

namespace sweep {

struct Said {
  cpd::Verdict verdict = cpd::Verdict::kNone;
  cpd::SitCategory sit = cpd::SitCategory::kNone;
  std::string rule;
  std::vector<cpd::Observation> observations;

  std::vector<cpd::Observation> of(cpd::ObservationKind kind) const;
};

// From dialling an answer is inferred from the audio, as for recordings; deadline 8 s after answer.
Said hear(const cpd::TonePlan& plan, const Heard& call, cpd::StartAt from);

// Counts of right and wrong by row and column, printed as shares.
class Table {
 public:
  explicit Table(std::string title) : title_(std::move(title)) {}
  void add(const std::string& row, const std::string& column, bool right);
  void print() const;

 private:
  struct Cell {
    int right = 0, n = 0;
  };
  std::string title_;
  std::vector<std::string> rows_, columns_;
  std::vector<std::pair<std::pair<std::string, std::string>, Cell>> cells_;
};

// What all sweeps are told on the command line.
struct Options {
  int seeds = 20;                    // calls of each kind and condition
  uint64_t seed = 1;                 // of the first
  std::string wrongTo;               // folder for the calls that came out wrong; empty: none
  std::vector<std::string> folders;  // WAV files to listen to
  int known = 20000;                 // recordings, with those made of others at other speeds
  std::string examples = "examples/speech";

  // For the n-th call of a kind, in a condition: the same whatever else is swept.
  Random draw(int n, int condition = 0) const {
    return Random(seed * 1000003 + static_cast<uint64_t>(n) * 7919 + static_cast<uint64_t>(condition));
  }
};

void keepWrong(const Options& options, const std::string& name, const Heard& call);

int sweepTones(const Options& options);
int sweepBeeps(const Options& options);
int sweepSpecial(const Options& options);     // SIT, fax, modem, text telephones
int sweepKeys(const Options& options);        // DTMF
int sweepHour(const Options& options);        // so many hours of speech and music
int sweepOutside(const Options& options);     // beyond twice the tolerances
int sweepFolders(const Options& options);     // recordings without tones
int sweepRecordings(const Options& options);  // known recordings, and speech that is none
int sweepMeasures(const Options& options);    // what scripts/beep-training learns from

}  // namespace sweep
