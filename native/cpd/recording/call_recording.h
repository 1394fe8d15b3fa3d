// What a detector was given in one call and what it answered: enough to run it again and get the same, bit
// for bit.
//
// A recording is one block of bytes. It begins with lines of text, `name value`, ended by an empty line: the
// first is `cpd-recording 1`, the others say which detector it was and how it was set. Then come steps, in
// the order in which they happened, each one letter and its data (numbers little-endian, texts with a length
// byte):
//
//   F 160 samples of 16 bit   a frame heard     O an observation   as the detector gave it
//   C 160 samples of 16 bit   comfort noise     V the evidence     as the detector gave it
//   L                         a lost frame      Z                  full here; nothing follows but the end
//   A                         answered()        R                  rearm()
//   E                         finish()
//
// The end is `X` and the CRC-32 of all bytes before it, so that a file cut short is known as one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cpd/detector.h"

namespace cpd {

// Version and hash of the sources: another detector may hear other things.
const char* detectorVersion();

// Four minutes of frames, about. What comes later is not recorded.
inline constexpr size_t kMostRecordingBytes = 4 << 20;

// Beside a detector: told of every call of its functions, in their order. Does nothing until it is started.
class CallRecorder {
 public:
  // `label` tells people which call it was: nothing that must be kept secret, on one line.
  void start(const Settings& settings, StartAt at, std::string_view label,
             size_t mostBytes = kMostRecordingBytes);

  bool isRecording() const { return !bytes_.empty(); }

  void answered() { mark('A'); }
  void rearmed() { mark('R'); }
  void finished() { mark('E'); }
  void frame(const int16_t* samples, FrameKind kind);

  // What the detector gave back, after the step that made it say so.
  void observed(std::span<const Observation> observations);
  void concluded(const Evidence& evidence);

  // The recording, complete; the recorder is as if it had never been started.
  std::vector<uint8_t> take();

 private:
  void mark(char step);
  void write(char step, const std::vector<uint8_t>& said);
  bool hasRoom(size_t bytes);

  std::vector<uint8_t> bytes_;
  size_t mostBytes_ = 0;
  bool full_ = false;
};

// One step of a recording.
struct RecordedStep {
  char kind = 0;                 // as above, `Z` never
  std::vector<int16_t> samples;  // F, C
  std::vector<uint8_t> said;     // O, V: see recorded_words.h
  int32_t atMs = 0;              // media time before the step
};

struct CallRecording {
  std::string detector;  // version
  std::string label;
  Settings settings;
  StartAt startAt = StartAt::kDial;
  std::vector<RecordedStep> steps;
  bool full = false;  // the call went on
};

// Throws std::invalid_argument saying what is wrong with the bytes.
CallRecording readRecording(std::span<const uint8_t> bytes);

}  // namespace cpd
