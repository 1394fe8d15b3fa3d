#include "cpd/recording/recorded_words.h"

#include <array>
#include <charconv>

#include "cpd/bytes/little_endian.h"

namespace cpd {
namespace {

// In the order of ObservationKind.
constexpr std::array kKinds = {"segment",      "tone", "answered", "speech_start", "speech_end",
                               "greeting_end", "beep", "verdict",  "correction"};
static_assert(kKinds.size() == static_cast<size_t>(ObservationKind::kCorrection) + 1);

void write(ByteWriter& to, const Segment& segment) {
  to.u8(static_cast<uint8_t>(segment.kind));
  to.i32(segment.startMs);
  to.i32(segment.endMs);
  for (const float hz : segment.hz) to.f32(hz);
  to.f32(segment.dbm0);
}

// Fields as `name value` in one line. What was never, and frequencies of 0, are left out.
class Words {
 public:
  void say(const std::string& word) { text_ += (text_.empty() ? "" : " ") + word; }
  void ms(const char* name, int32_t value) {
    if (value != kNever) say(std::string(name) + " " + std::to_string(value));
  }
  void number(const char* name, float value) {
    // The shortest digits that tell this number from its neighbours.
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    say(std::string(name) + " " + std::string(digits.data(), end));
  }
  void hz(ByteReader& from) {
    for (int i = 0; i < 3; ++i)
      if (const float value = from.f32(); value != 0) number("hz", value);
  }
  void segment(ByteReader& from) {
    say("segment " + std::to_string(from.u8()));
    ms("from", from.i32());
    ms("to", from.i32());
    hz(from);
    number("dbm0", from.f32());
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string observationWords(ByteReader& from) {
  Words words;
  const uint8_t kind = from.u8();
  words.say(kind < kKinds.size() ? kKinds[kind] : "observation " + std::to_string(kind));
  words.ms("from", from.i32());
  words.ms("to", from.i32());
  if (const std::string tone = from.text(); !tone.empty()) words.say(tone);
  if (const std::string other = from.text(); !other.empty()) words.say("or " + other);
  words.hz(from);
  Words segment;
  segment.segment(from);
  if (kind == static_cast<uint8_t>(ObservationKind::kSegment)) words.say(segment.text());
  if (const uint8_t verdict = from.u8(); verdict != 0) words.say("verdict " + std::to_string(verdict));
  if (const uint8_t sit = from.u8(); sit != 0) words.say("sit " + std::to_string(sit));
  words.number("confidence", from.f32());
  return words.text();
}

std::string evidenceWords(ByteReader& from) {
  Words words;
  words.say("evidence");
  words.say("rule \"" + from.text() + "\"");
  words.number("confidence", from.f32());
  words.say("verdict " + std::to_string(from.u8()));
  words.say("sit " + std::to_string(from.u8()));
  for (const char* name : {"decided", "answer", "speechStart", "greetingEnd", "beep"})
    words.ms(name, from.i32());
  for (size_t left = from.u16(); left > 0; --left) words.segment(from);
  for (size_t left = from.u8(); left > 0; --left) {
    const std::string name = from.text();
    words.number(name.c_str(), from.f32());
  }
  return words.text();
}

}  // namespace

std::vector<uint8_t> recordedBytes(const Observation& o) {
  std::vector<uint8_t> bytes;
  ByteWriter to(bytes);
  to.u8(static_cast<uint8_t>(o.kind));
  to.i32(o.startMs);
  to.i32(o.endMs);
  to.text(name(o.tone));
  to.text(name(o.ambiguousWith));
  for (const float hz : o.hz) to.f32(hz);
  write(to, o.segment);
  to.u8(static_cast<uint8_t>(o.verdict));
  to.u8(static_cast<uint8_t>(o.sit));
  to.f32(o.confidence);
  return bytes;
}

std::vector<uint8_t> recordedBytes(const Evidence& evidence) {
  std::vector<uint8_t> bytes;
  ByteWriter to(bytes);
  to.text(evidence.rule);
  to.f32(evidence.confidence);
  to.u8(static_cast<uint8_t>(evidence.verdict));
  to.u8(static_cast<uint8_t>(evidence.sit));
  for (const int32_t ms : {evidence.decidedMs, evidence.answerMs, evidence.speechStartMs,
                           evidence.greetingEndMs, evidence.beepMs})
    to.i32(ms);
  to.u16(static_cast<uint16_t>(evidence.segments.size()));
  for (const Segment& segment : evidence.segments) write(to, segment);
  to.u8(static_cast<uint8_t>(evidence.scores.size()));
  for (const Score& score : evidence.scores) {
    to.text(score.name);
    to.f32(score.value);
  }
  return bytes;
}

std::string describeRecorded(char kind, std::span<const uint8_t> said) {
  ByteReader from(said);
  return kind == 'O' ? observationWords(from) : evidenceWords(from);
}

}  // namespace cpd
