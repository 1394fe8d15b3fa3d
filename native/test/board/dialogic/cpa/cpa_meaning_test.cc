// What the board says of a call, and what that means.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "board/dialogic/cpa/cpa_log.h"
#include "board/dialogic/cpa/cpa_meaning.h"
#include "board/dialogic/vendor/constants.h"

namespace {

using namespace board::dialogic;
using cpd::SitCategory;
using cpd::Verdict;

TEST_CASE("dialogic: every result, connection type and call-progress tone has a meaning") {
  std::map<std::string, int> counts;
  for (const vendor::Named& constant : vendor::constants()) {
    const std::string family = constant.family;
    const std::string name = constant.name;
    const bool limit = name == "TID_FIRST" || name == "TID_LAST";
    if (limit ||
        (family != "CR" && family != "CON" && family != "GCRV" && family != "GCCT" && family != "TID"))
      continue;
    const Meaning* meaning = meaningOf(constant.family, constant.value);
    CHECK_MESSAGE(meaning != nullptr, name);
    if (meaning == nullptr) continue;
    ++counts[family];
    CHECK_MESSAGE(meaning->name == name, name);
    if (meaning->told == Told::kVerdict) {
      CHECK_MESSAGE(meaning->verdict != Verdict::kNone, name);
      CHECK_MESSAGE(meaning->confidence > 0, name);
      CHECK_MESSAGE(meaning->confidence <= 1, name);
    } else {
      CHECK_MESSAGE(meaning->verdict == Verdict::kNone, name);
    }
    if (meaning->told == Told::kRelease && family == "GCRV" && name != "GCRV_CCLIBSPECIFIC") {
      CHECK_MESSAGE(meaning->cause > 0, name);
    }
    CHECK_MESSAGE(meaning->cause <= 127, name);
  }
  std::set<std::string> seen;
  for (const Meaning& meaning : meanings()) {
    CHECK_MESSAGE(seen.insert(std::string(meaning.family) + std::to_string(meaning.value)).second,
                  meaning.name);
  }
  CHECK(meaningOf("CR", 99) == nullptr);
  // As many as the fact sheet has (3.1, 3.3, 3.7, 3.8).
  const std::map<std::string, int> sheet = {{"CR", 9}, {"CON", 5}, {"GCRV", 27}, {"GCCT", 10}, {"TID", 18}};
  for (const auto& [family, count] : sheet) CHECK_MESSAGE(counts[family] == count, family);
  for (const int alarm : {0x510, 0x51F, 0x520, 0x52F, 0x600, 0x601, 0x602, 0x610, 0x612}) {
    REQUIRE(meaningOf("GCRV", alarm) != nullptr);
    CHECK(std::string(meaningOf("GCRV", alarm)->name) == "GCRV_ALARM");
  }
  for (const int other : {0x50F, 0x530, 0x603, 0x60F, 0x613}) CHECK(meaningOf("GCRV", other) == nullptr);
}

TEST_CASE("dialogic: a connect in doubt is never a machine") {
  for (const Meaning& meaning : meanings()) {
    if (meaning.verdict != Verdict::kMachine) continue;
    const std::string name = meaning.name;
    CHECK_MESSAGE((name == "CON_PAMD" || name == "GCCT_PAMD"), name);
  }
  CHECK(meaningOf("CON", vendor::CON_CAD)->verdict == Verdict::kUnknown);
  CHECK(meaningOf("GCCT", vendor::GCCT_UNKNOWN)->verdict == Verdict::kUnknown);
}

TEST_CASE("dialogic: causes of the network") {
  for (int cause = 1; cause <= 127; ++cause) CHECK(causeOf(cause) == cause);
  CHECK(causeOf(0) == -1);
  CHECK(causeOf(486) == 17);
  CHECK(causeOf(404) == 1);
  CHECK(causeOf(480) == 18);
  CHECK(causeOf(603) == 21);
  CHECK(causeOf(499) == 127);
  CHECK(causeOf(599) == 41);
  CHECK(causeOf(200) == -1);
  for (const vendor::Named& constant : vendor::constants()) {
    if (std::string(constant.family) == "GC_CAUSE" && constant.value < 0x100) {
      CHECK_MESSAGE(causeOf(constant.value) == constant.value, constant.name);
    }
  }
}

TEST_CASE("dialogic: SIT by frequencies and durations, the first often clipped") {
  const struct {
    int hz[3], ms[3];
    SitCategory category;
  } kForms[] = {
      {{985, 1428, 1777}, {380, 380, 380}, SitCategory::kNC1},
      {{914, 1371, 1777}, {270, 270, 380}, SitCategory::kIC},
      {{985, 1371, 1777}, {380, 270, 380}, SitCategory::kVC},
      {{914, 1428, 1777}, {270, 380, 380}, SitCategory::kRO1},
      {{914, 1371, 1777}, {380, 380, 380}, SitCategory::kNC2},
      {{914, 1428, 1777}, {380, 270, 380}, SitCategory::kR1},
      {{914, 1371, 1777}, {150, 270, 380}, SitCategory::kIC},
  };
  for (const auto& form : kForms) {
    const SitTold told = sitOf(form.hz, form.ms);
    CHECK_MESSAGE(told.category == form.category,
                  form.hz[0] << "/" << form.ms[0] << " " << form.hz[1] << "/" << form.ms[1]);
  }
  CHECK(sitOf({440, 480, 0}, {400, 400, 0}).category == SitCategory::kNone);
}

TEST_CASE("dialogic: fax by frequency, whatever the id of the family") {
  CHECK(std::string(faxToneOf(1100)) == "fax_cng");
  CHECK(std::string(faxToneOf(2100)) == "fax_ced");
  CHECK(std::string(faxToneOf(1650)) == "fax_v21");
  CHECK(faxToneOf(440) == nullptr);
}

TEST_CASE("dialogic: any two verdicts side by side are counted under their names") {
  CpaLog log(4);
  log.compared(Verdict::kLive, cpd::kLastVerdict);
  log.compared(cpd::kLastVerdict, Verdict::kNone);
  const std::string json = log.json(0);
  CHECK(json.find(R"("board":"live","ours":"false_answer","calls":1)") != std::string::npos);
  CHECK(json.find(R"("board":"false_answer","ours":"none","calls":1)") != std::string::npos);
}

}  // namespace
