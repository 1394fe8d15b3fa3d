#include "cpd/known/library_file.h"

#include <algorithm>
#include <bit>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "cpd/bytes/crc32.h"
#include "cpd/bytes/little_endian.h"

namespace cpd::known {
namespace {

constexpr std::string_view kFirstLine = "cpd-recordings 1\n";
constexpr std::string_view kKind = "cpd-recordings ";
constexpr size_t kChecksumBytes = 4;

// The code point at the beginning of a text, and its bytes; no bytes where it is not UTF-8 (RFC 3629).
struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 0;
};

CodePoint firstOf(std::string_view text) {
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto byte = [&text](size_t at) { return static_cast<unsigned char>(text[at]); };
  const int ones = std::countl_one(byte(0));
  if (ones == 0) return {byte(0), 1};
  const auto bytes = static_cast<size_t>(ones);
  if (bytes == 1 || bytes > 4 || text.size() < bytes) return {};
  uint32_t value = byte(0) & (0x7fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast[bytes] || value > 0x10ffff || surrogate) return {};
  return {value, bytes};
}

// A terminal takes control characters for commands, those above 0x7f too.
bool isPrintable(std::string_view name) {
  while (!name.empty()) {
    const auto [value, bytes] = firstOf(name);
    if (bytes == 0 || value < 0x20 || (value >= 0x7f && value < 0xa0)) return false;
    name.remove_prefix(bytes);
  }
  return true;
}

void check(const StoredRecording& stored) {
  const Recording& r = stored.recording;
  const auto refuse = [&r](const std::string& what) {
    throw std::invalid_argument("recording \"" + r.name + "\": " + what);
  };
  if (r.name.empty() || r.name.size() > kMostNameBytes || !isPrintable(r.name))
    refuse("expected a name of 1 to " + std::to_string(kMostNameBytes) + " bytes of UTF-8 on one line");
  if (!mayBeResult(r.verdict)) refuse("expected a result of machine, screening, sit, busy or congestion");
  if ((r.verdict == Verdict::kSit) != (r.sit != SitCategory::kNone))
    refuse("expected a SIT category with the result sit, and with no other");
  if (r.prints.size() > kMostPrints || usablePrints(r.prints) < kLeastUsablePrints)
    refuse("found " + std::to_string(usablePrints(r.prints)) + " frames of sound, expected at least " +
           std::to_string(kLeastUsablePrints) + " among at most " + std::to_string(kMostPrints));
  if (distinctPrints(r.prints) < kLeastDistinctPrints)
    refuse("found " + std::to_string(distinctPrints(r.prints)) +
           " prints that are unlike each other, expected at least " + std::to_string(kLeastDistinctPrints));
}

StoredRecording readOne(ByteReader& from) {
  StoredRecording stored;
  Recording& r = stored.recording;
  r.name = from.text();
  const uint8_t verdict = from.u8(), sit = from.u8(), origin = from.u8();
  if (verdict > static_cast<uint8_t>(kLastVerdict) || sit > static_cast<uint8_t>(SitCategory::kITU) ||
      origin > static_cast<uint8_t>(kLastOrigin))
    throw std::invalid_argument("recording \"" + r.name + "\": unknown result or origin");
  r.verdict = static_cast<Verdict>(verdict);
  r.sit = static_cast<SitCategory>(sit);
  stored.origin = static_cast<Origin>(origin);
  stored.knownSince = from.u32();
  stored.numbers = from.u32();
  const size_t count = from.u16();
  ByteReader prints(from.take(count * sizeof(Print)));
  r.prints.reserve(count);
  while (!prints.atEnd()) r.prints.push_back(prints.u32());
  return stored;
}

// Each of them, and that no two have one name.
void checkAll(std::span<const StoredRecording> recordings) {
  if (recordings.size() > Library::kMostRecordings)
    throw std::invalid_argument("found " + std::to_string(recordings.size()) +
                                " recordings, expected at most " + std::to_string(Library::kMostRecordings));
  std::set<std::string_view> names;
  for (const StoredRecording& stored : recordings) {
    check(stored);
    if (!names.insert(stored.recording.name).second)
      throw std::invalid_argument("recording \"" + stored.recording.name + "\": twice in the file");
  }
}

}  // namespace

std::vector<uint8_t> writeRecordings(std::span<const StoredRecording> recordings) {
  checkAll(recordings);
  std::vector<uint8_t> bytes(kFirstLine.begin(), kFirstLine.end());
  ByteWriter to(bytes);
  to.u32(static_cast<uint32_t>(recordings.size()));
  for (const StoredRecording& stored : recordings) {
    const Recording& r = stored.recording;
    to.text(r.name.c_str());
    to.u8(static_cast<uint8_t>(r.verdict));
    to.u8(static_cast<uint8_t>(r.sit));
    to.u8(static_cast<uint8_t>(stored.origin));
    to.u32(stored.knownSince);
    to.u32(stored.numbers);
    to.u16(static_cast<uint16_t>(r.prints.size()));
    for (const Print print : r.prints) to.u32(print);
  }
  to.u32(crc32(bytes));
  return bytes;
}

std::vector<StoredRecording> readRecordings(std::span<const uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kFirstLine)) {
    if (text.starts_with(kKind))
      throw std::invalid_argument("the file is of another version of the format: expected cpd-recordings 1");
    throw std::invalid_argument("no file of recordings: expected it to begin with cpd-recordings 1");
  }
  if (bytes.size() < kFirstLine.size() + kChecksumBytes) throw std::invalid_argument("cut short");
  const auto body = bytes.first(bytes.size() - kChecksumBytes);
  if (ByteReader(bytes.subspan(body.size())).u32() != crc32(body))
    throw std::invalid_argument("damaged or cut short: its checksum is another");
  ByteReader from(body.subspan(kFirstLine.size()));
  const uint32_t count = from.u32();
  std::vector<StoredRecording> recordings;
  for (uint32_t i = 0; i < count; ++i) recordings.push_back(readOne(from));
  if (!from.atEnd()) throw std::invalid_argument("bytes left behind the last recording");
  checkAll(recordings);
  return recordings;
}

}  // namespace cpd::known
