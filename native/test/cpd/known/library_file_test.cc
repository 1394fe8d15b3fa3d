#include "cpd/known/library_file.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "test/cpd/known/known_fixture.h"

using cpd::SitCategory;
using cpd::Verdict;
using cpd::known::Origin;
using cpd::known::readRecordings;
using cpd::known::StoredRecording;
using cpd::known::writeRecordings;

namespace {

std::vector<StoredRecording> two() {
  StoredRecording learnt{known_fixture::recordingOf("machine-02-en"), Origin::kLearnt, 1790000000, 3};
  StoredRecording taught{known_fixture::recordingOf("announcement-1-en"), Origin::kTaught, 1700000000, 0};
  taught.recording.name = "nicht vergeben – Ansage";
  taught.recording.verdict = Verdict::kSit;
  taught.recording.sit = SitCategory::kVC;
  return {learnt, taught};
}

std::string refusal(const std::vector<uint8_t>& bytes) {
  try {
    readRecordings(bytes);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

std::string refusalToWrite(void (*change)(StoredRecording&)) {
  std::vector<StoredRecording> all = two();
  change(all[1]);
  try {
    writeRecordings(all);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a file of recordings is read as it was written") {
  const std::vector<StoredRecording> all = two();
  const std::vector<StoredRecording> read = readRecordings(writeRecordings(all));
  REQUIRE(read.size() == 2);
  for (size_t i = 0; i < 2; ++i) {
    CHECK(read[i].recording.name == all[i].recording.name);
    CHECK(read[i].recording.verdict == all[i].recording.verdict);
    CHECK(read[i].recording.sit == all[i].recording.sit);
    CHECK(read[i].recording.prints == all[i].recording.prints);
    CHECK(read[i].origin == all[i].origin);
    CHECK(read[i].knownSince == all[i].knownSince);
    CHECK(read[i].numbers == all[i].numbers);
  }
  CHECK(readRecordings(writeRecordings({})).empty());
}

TEST_CASE("a byte that changed, or is missing, anywhere in the file is noticed") {
  const std::vector<uint8_t> bytes = writeRecordings(two());
  for (size_t at = 0; at < bytes.size(); at += at < 200 ? 1 : 37) {
    std::vector<uint8_t> damaged = bytes;
    damaged[at] ^= 0x10;
    CHECK(refusal(damaged) != "");
    CHECK(refusal({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at)}) != "");
  }
  std::vector<uint8_t> longer = bytes;
  longer.push_back(0);
  CHECK(refusal(longer).find("checksum") != std::string::npos);
}

TEST_CASE("what is no file of recordings, or one of tomorrow, is said in words") {
  const std::string wav = "RIFF....WAVEfmt ", later = "cpd-recordings 2\n0123456789";
  CHECK(refusal({wav.begin(), wav.end()}).find("no file of recordings") != std::string::npos);
  CHECK(refusal({later.begin(), later.end()}).find("another version") != std::string::npos);
  CHECK(refusal({}).find("no file of recordings") != std::string::npos);
}

TEST_CASE("what cannot be a recording is not written, and the message names it") {
  CHECK(refusalToWrite([](StoredRecording& s) { s.recording.name = ""; }).find("name") != std::string::npos);
  CHECK(refusalToWrite([](StoredRecording& s) { s.recording.name = "a\nb"; }).find("name") !=
        std::string::npos);
  CHECK(refusalToWrite([](StoredRecording& s) { s.recording.name = std::string(81, 'a'); }).find("name") !=
        std::string::npos);
  CHECK(refusalToWrite([](StoredRecording& s) { s.recording.name = "machine-02-en"; }).find("twice") !=
        std::string::npos);
  CHECK(refusalToWrite([](StoredRecording& s) { s.recording.verdict = Verdict::kLive; }).find("result") !=
        std::string::npos);
  CHECK(refusalToWrite([](StoredRecording& s) { s.recording.sit = SitCategory::kNone; }).find("SIT") !=
        std::string::npos);
  CHECK(refusalToWrite([](StoredRecording& s) { s.recording.prints.resize(60); }).find("frames of sound") !=
        std::string::npos);
}

TEST_CASE("names are UTF-8 without control characters, those of a terminal above 0x7f neither") {
  static std::string name;
  for (const char* good : {"M\xc3\xbcller", "\xe2\x80\x93", "\xf0\x9f\x93\x9e", "\xc2\xa0"}) {
    name = good;
    CHECK(refusalToWrite([](StoredRecording& r) { r.recording.name = name; }) == "");
  }
  for (const char* bad : {"a\x1b[2J", "\x7f", "\xc2\x9b", "\xff", "\xc3", "a\x80", "\xc0\xaf", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xe2\x80"}) {
    name = bad;
    CHECK(refusalToWrite([](StoredRecording& r) { r.recording.name = name; }).find("UTF-8") !=
          std::string::npos);
  }
}

TEST_CASE("a sound that goes on and on is no recording") {
  const std::string refused = refusalToWrite([](StoredRecording& r) {
    for (size_t i = 0; i < r.recording.prints.size(); ++i)
      r.recording.prints[i] = cpd::known::kUsable | static_cast<cpd::known::Print>(i % 49);
  });
  CHECK(refused.find("found 49 prints that are unlike each other") != std::string::npos);
}

TEST_CASE("what another site knew is told from what was taught here") {
  std::vector<StoredRecording> all = two();
  all[1].origin = Origin::kImported;
  CHECK(readRecordings(writeRecordings(all))[1].origin == Origin::kImported);
}
