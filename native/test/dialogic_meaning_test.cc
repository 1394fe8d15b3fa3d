// What the vendor's numbers mean, its settings, its phases: everything that needs no library.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

#include "board/dialogic/alarms.h"
#include "board/dialogic/cap_settings.h"
#include "board/dialogic/constants.h"
#include "board/dialogic/cpa_log.h"
#include "board/dialogic/cpa_meaning.h"
#include "board/dialogic/diagnostics.h"
#include "board/dialogic/gc_call_block.h"
#include "board/dialogic/inventory.h"
#include "board/dialogic/isdn_facility.h"
#include "board/dialogic/phase.h"
#include "board/dialogic/probe.h"
#include "board/dialogic/tap.h"
#include "board/dialogic/tones.h"
#include "media/g711.h"

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

TEST_CASE("dialogic: settings of DX_CAP in ms and Hz") {
  board::DialParameters call;
  vendor::DxCap cap = makeCap({}, call);
  CHECK(cap.ca_intflg == vendor::DX_PAMDOPTEN);
  CHECK(cap.ca_pamd_spdval == vendor::PAMD_ACCU);
  CHECK(cap.ca_pamd_qtemp == vendor::PAMD_QUAL1TMP);
  CHECK(cap.ca_noanswer == 3500);
  CHECK(cap.ca_cnosig == 4000);
  CHECK(cap.ca_pamd_failtime == 400);
  CHECK(cap.ca_lower2frq == 1350);
  CHECK(cap.ca_mxtime3frq == 50);
  CHECK(cap.ca_nbrdna == 0);  // the vendor's default
  cap = makeCap(
      {{"noAnswerMs", 12'345}, {"loopCurrentDelayMs", -1}, {"sit1LowHz", 880}, {"pamdTemplate", 12}}, call);
  CHECK(cap.ca_noanswer == 1235);
  CHECK(cap.ca_lcdly == -1);
  CHECK(cap.ca_lowerfrq == 880);
  CHECK(cap.ca_pamd_qtemp == 12);
  call.mode = cpd::Mode::kPositiveAmDetection;
  call.cpdTimeoutMs = 1'000;
  cap = makeCap({}, call);
  CHECK(cap.ca_pamd_spdval == vendor::PAMD_QUICK);
  CHECK(cap.ca_pamd_failtime == 100);

  CHECK_NOTHROW(checkCap({{"soundGlitchMs", 655'350}}));
  CHECK_THROWS_WITH_AS(checkCap({{"noAnswerMs", 655'360}}),
                       "cap.noAnswerMs: found 655360, expected 0 to 655350", std::invalid_argument);
  CHECK_THROWS_WITH_AS(checkCap({{"sit1MinMs", 2'560}}), "cap.sit1MinMs: found 2560, expected 0 to 2550",
                       std::invalid_argument);
  CHECK_THROWS_AS(checkCap({{"ca_noanswer", 1}}), std::invalid_argument);
  std::set<size_t> offsets;
  for (const CapSetting& setting : capSettings()) {
    CHECK_MESSAGE(offsets.insert(setting.offset).second, setting.name);
    CHECK_MESSAGE(setting.offset < sizeof(vendor::DxCap), setting.name);
    CHECK_MESSAGE(std::strlen(setting.meaning) > 5, setting.name);
    if (setting.ours != kVendorsDefault) CHECK_NOTHROW(checkCap({{setting.name, setting.ours}}));
  }
}

// Each run of spaces as one.
static std::string oneSpace(std::string text) {
  const auto bothSpaces = [](char a, char b) { return a == ' ' && b == ' '; };
  text.erase(std::unique(text.begin(), text.end(), bothSpaces), text.end());
  return text;
}

TEST_CASE("dialogic: the manual lists every setting of DX_CAP with unit, default, ours and source") {
  std::ifstream file(EXAMPLES "/../docs/dialogic.md");
  std::stringstream text;
  text << file.rdbuf();
  // Without the spaces that line the columns up.
  const std::string manual = oneSpace(text.str());
  for (const CapSetting& setting : capSettings()) {
    constexpr const char* kUnits[] = {"ms", "Hz", "%", ""};
    constexpr const char* kScopes[] = {"basic", "PerfectCall", "Springware", "all"};
    const auto shown = [](int32_t value) { return value == kVendorsDefault ? "" : std::to_string(value); };
    const std::string row = std::string("| `") + setting.name + "` | `" + setting.field + "` | " +
                            kUnits[static_cast<int>(setting.unit)] + " | " + shown(setting.vendorDefault) +
                            " | " + shown(setting.ours) + " | " + kScopes[static_cast<int>(setting.scope)] +
                            " | " + setting.source + " | " + setting.meaning + " |";
    CHECK_MESSAGE(manual.find(oneSpace(row)) != std::string::npos, row);
  }
}

TEST_CASE("dialogic: recognition modes choose detectors and depth") {
  CHECK(intflgOf(cpd::Mode::kNoProgressDetection) == 2);
  CHECK(intflgOf(cpd::Mode::kNoAmDetection) == 6);
  CHECK(intflgOf(cpd::Mode::kAccurateAmDetection) == 8);
  CHECK(intflgOf(cpd::Mode::kTelephonyPreset) == 0);
  CHECK(caModeOf(cpd::Mode::kNoProgressDetection) == 0x3);  // the sums that the manual recommends (3.9)
  CHECK(caModeOf(cpd::Mode::kNoAmDetection) == 0x307);
  CHECK(caModeOf(cpd::Mode::kAccurateAmDetection) == 0x707);
  CHECK(pamdSpeedOf(cpd::Mode::kPositiveAmDetection) == 2);
  CHECK(pamdSpeedOf(cpd::Mode::kFullPositiveAmDetection) == 1);
  CHECK(pamdSpeedOf(cpd::Mode::kAccurateAmDetection) == 3);
}

TEST_CASE("dialogic: call analysis parameters as bytes") {
  board::DialParameters call;
  unsigned char block[128] = {};
  const size_t size = writeParameters(block, sizeof block, *analysisOf(call, true));
  CHECK(size == 2 + 5 * 9);
  CHECK(block[0] + 256 * block[1] == static_cast<int>(size) - 2);
  const unsigned char first[] = {0x0C, 0x46, 1, 0, 4, 0x07, 0x07, 0, 0};
  CHECK(std::memcmp(block + 2, first, sizeof first) == 0);
  unsigned char off[128] = {};
  CHECK(writeParameters(off, sizeof off, *analysisOf(call, false)) == 11);
  CHECK(off[7] == 0);
  call.mode = cpd::Mode::kTelephonyPreset;
  CHECK(!analysisOf(call, true).has_value());

  alignas(16) unsigned char makecall[600] = {};
  int marker = 0;
  writeMakecall(makecall, vendor::kLayoutNatural, "5551212", &marker);
  CHECK(makecall[0] == 0xFF);
  CHECK(std::string(reinterpret_cast<char*>(makecall) + 260) == "5551212");
  CHECK(makecall[523] == 0xFF);
  void* at528;
  std::memcpy(&at528, makecall + 528, sizeof at528);
  CHECK(at528 == &marker);
}

TEST_CASE("dialogic: the request for a two-channel transfer, byte by byte") {
  const IeBlock block = transferFacility(1, 0x2A5B);
  const std::vector<unsigned char> bytes(block.data, block.data + block.length);
  CHECK(bytes == std::vector<unsigned char>{0x1C, 0x15, 0x91, 0xA1, 0x12, 0x02, 0x01, 0x01,
                                            0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x15, 0x00,
                                            0x08, 0x30, 0x04, 0x02, 0x02, 0x2A, 0x5B});
}

TEST_CASE("dialogic: the layout probe tells packings and widths apart") {
  if (sizeof(void*) == 4) return;
  const char* text = "text";
  ProbeBuffer packed, natural, neither;
  std::memcpy(packed.bytes + 4, &text, sizeof text);
  const uint64_t upper = (reinterpret_cast<uint64_t>(text) >> 32) | (uint64_t{3} << 32);
  std::memcpy(packed.bytes + 8, &upper, sizeof upper);  // as the end of the pointer and a library number look
  std::memcpy(natural.bytes + 8, &text, sizeof text);
  CHECK(layoutOf(packed) == &vendor::kLayoutPacked);
  CHECK(layoutOf(natural) == &vendor::kLayoutNatural);
  CHECK(layoutOf(neither) == nullptr);

  ProbeBuffer event;
  CHECK(checkMetaevent(event, 5, 0x834).find("expected 0xbad012fb") != std::string::npos);
  std::memcpy(event.bytes, &vendor::kMetaeventMagic, 4);
  CHECK(checkMetaevent(event, 5, 0x834).find("nowhere") != std::string::npos);
  const uint32_t device = 5, type = 0x834;
  std::memcpy(event.bytes + 20, &device, 4);  // behind two numbers of 4 bytes, a pointer and a length
  std::memcpy(event.bytes + 24, &type, 4);
  CHECK(checkMetaevent(event, 5, 0x834).find("long has 4 bytes") != std::string::npos);
  std::memcpy(event.bytes + 32, &device, 4);
  std::memcpy(event.bytes + 40, &type, 4);
  CHECK(checkMetaevent(event, 5, 0x834).empty());
}

TEST_CASE("dialogic: an error that has neither packing is told, one without a text is not") {
  if (sizeof(void*) == 4) return;
  ProbeBuffer untouched, silent, odd;
  CHECK(checkInfo(untouched).empty());
  std::memset(silent.bytes + 4, 0, 16);
  CHECK(checkInfo(silent).empty());
  std::memset(odd.bytes + 4, 0x01, 16);
  CHECK(checkInfo(odd).find("neither at 4 (0x101010101010101) nor at 8") != std::string::npos);
}

TEST_CASE("dialogic: what a channel says of itself tells the width of the library's long") {
  const auto written = [](auto info, uint8_t family, uint8_t encoding) {
    ProbeBuffer buffer;
    info.ct_prodid = 0x123;
    info.ct_devfamily = family;
    info.ct_busencoding = encoding;
    std::memcpy(buffer.bytes, &info, sizeof info);
    return buffer;
  };
  for (const uint8_t family : {1, 2, 5, 8, 9}) {
    for (const uint8_t encoding : {0, 1}) {
      const ProbeBuffer wide = written(vendor::CtDevinfoOf<int64_t>{}, family, encoding);
      const ProbeBuffer narrow = written(vendor::CtDevinfoOf<int32_t>{}, family, encoding);
      const bool wideHere = sizeof(long) == 8;
      CHECK(checkDevinfo(wideHere ? wide : narrow).empty());
      CHECK(checkDevinfo(wideHere ? narrow : wide).find(wideHere ? "long has 4 bytes" : "long has 8 bytes") !=
            std::string::npos);
    }
  }
}

TEST_CASE("dialogic: a line moves as its family allows") {
  using enum Phase;
  CHECK(mayMove(Family::kAnalog, kIdle, kSeizing));
  CHECK(!mayMove(Family::kGlobalCall, kIdle, kSeizing));
  CHECK(mayMove(Family::kGlobalCall, kDropping, kReleasing));
  CHECK(!mayMove(Family::kGlobalCall, kDropping, kIdle));  // every call is dropped and released
  CHECK(!mayMove(Family::kAnalog, kUp, kIdle));            // nothing is idle before it went on hook
  CHECK(mayMove(Family::kAnalog, kUp, kResetting));
  CHECK(!mayMove(Family::kAnalog, kClosed, kResetting));
}

TEST_CASE("dialogic: names of devices") {
  CHECK(voiceName("dxxxB1C1", 0) == "dxxxB1C1");
  CHECK(voiceName("dxxxB1C1", 5) == "dxxxB2C2");
  CHECK(voiceName("dxxxB2C3", 2) == "dxxxB3C1");
  SpanConfig span;
  span.kind = board::TrunkKind::kIsdn;
  span.network = "dtiB2";
  span.voice = "dxxxB7C1";
  CHECK(lineName(span, 4) == ":N_dtiB2T5:P_ISDN:V_dxxxB8C1");
  span.kind = board::TrunkKind::kSip;
  span.network = "iptB1";
  span.media = "ipmB1C1";
  span.method = CpaMethod::kDial;
  CHECK(lineName(span, 1) == ":N_iptB1T2:P_SIP:M_ipmB1C2");
}

TEST_CASE("dialogic: a wrong configuration is told by its field") {
  const auto refused = [](auto change, const char* field) {
    Config config;
    config.spans = {SpanConfig{}, SpanConfig{}};
    change(config);
    try {
      checkConfig(config);
      FAIL_CHECK(field);
    } catch (const std::invalid_argument& error) {
      CHECK_MESSAGE(std::string(error.what()).starts_with(field), error.what());
    }
  };
  refused([](Config& c) { c.spans[1].voice = "dxxx1"; }, "spans[1].voice: found \"dxxx1\"");
  refused([](Config& c) { c.spans[0].channels = 0; }, "spans[0].channels");
  refused([](Config& c) { c.spans[0].bridgeLines = 4; }, "spans[0].bridgeLines");
  refused([](Config& c) { c.spans[0].cpa = board::Cpa::kBoth; }, "spans[0].cpa");
  refused([](Config& c) { c.spans[0].consult = TransferMethod::kTwoChannel; }, "spans[0].blind or consult");
  refused([](Config& c) { c.spans[0].kind = board::TrunkKind::kSip; }, "spans[0].network");
  refused([](Config& c) { c.spans[0].blind = TransferMethod::kRefer; }, "spans[0].blind");
  refused([](Config& c) { c.plan = "XX"; }, "plan");
  refused([](Config& c) { c.analog.prefix = "9&"; }, "analog.prefix");
  refused([](Config& c) { c.watchdogs.hookMs = 0; }, "watchdogs");
  refused([](Config& c) { c.cap["nonsense"] = 1; }, "cap.nonsense");
}

TEST_CASE(
    "dialogic: without dx_setuio no line offers our detector, and one that is to have it is refused by "
    "name") {
  Api api;
  SpanConfig span;
  CHECK(analysesOf(api, span) == std::vector{board::Cpa::kBoard});
  span.cpa = board::Cpa::kOurs;
  CHECK_THROWS_WITH(checkAnalyses(api, {SpanConfig{}, span}),
                    doctest::Contains("spans[1].cpa: found ours, expected board"));
  api.dx_setuio = [](vendor::DxUio) { return 0; };
  CHECK(analysesOf(api, span) == std::vector{board::Cpa::kBoard, board::Cpa::kOurs});
  CHECK_NOTHROW(checkAnalyses(api, {SpanConfig{}, span}));
}

TEST_CASE("dialogic: tone definitions from a plan") {
  const auto busy = templateOf(cpd::findTonePlan("US")->busy);
  REQUIRE(busy.has_value());
  CHECK(busy->hz1 == 480);
  CHECK(busy->hz2 == 620);
  CHECK(busy->on == 50);
  CHECK(busy->off == 50);
  const auto dial = templateOf(cpd::findTonePlan("US")->dial);
  REQUIRE(dial.has_value());
  CHECK(dial->on == 0);
  CHECK(!templateOf(cpd::Cadence{}).has_value());
}

TEST_CASE("dialogic: numbers to names and back") {
  CHECK(decode("GCEV", "2118").find("GCEV_DISCONNECTED") == std::string::npos);
  CHECK(decode("GCEV", "0x826").find("GCEV_DISCONNECTED") != std::string::npos);
  CHECK(decode("gcev", "disconnected").find("\"value\":2086") != std::string::npos);
  CHECK(decode("CR", "CR_BUSY").find("\"cause\":17") != std::string::npos);
  CHECK(decode("CR", "7").find("CR_BUSY") != std::string::npos);
  CHECK(decode("XY", "7").find("no family XY") != std::string::npos);
  CHECK(decode("CR", "99").find("error") != std::string::npos);
  CHECK(vendor::nameOf("CR", 99) == "CR 99");
}

TEST_CASE("dialogic: alarms of a span are told once and counted always") {
  SpanAlarms alarms;
  CHECK(alarms.told(vendor::T1_RED, false) == board::AlarmKind::kRed);
  CHECK(!alarms.told(vendor::T1_LOS, false).has_value());  // red already
  CHECK(!alarms.told(vendor::T1_BPVS, false).has_value());
  CHECK(!alarms.inferred(board::AlarmKind::kRed).has_value());
  CHECK(alarms.told(vendor::T1_RED, true) == board::AlarmKind::kRed);
  CHECK(!alarms.told(vendor::T1_LOS, true).has_value());
  CHECK(alarms.inferred(board::AlarmKind::kBlue) == board::AlarmKind::kBlue);
  int over = 0;
  alarms.clear([&](board::AlarmKind) { ++over; });
  CHECK(over == 1);
  CHECK(!alarms.any());
}

TEST_CASE("dialogic: the stream is cut into frames, whatever the pieces, and its delay is measured") {
  Tap tap;
  const int fd = tap.attach();
  REQUIRE(fd >= 0);
  CHECK(tap.attach() == fd);
  tap.start(1'000, false);
  std::vector<char> piece(400);
  for (size_t i = 0; i < piece.size(); ++i)
    piece[i] = static_cast<char>(media::encodeUlaw(static_cast<int16_t>(i)));
  const vendor::DxUio functions = Tap::functions();
  CHECK(functions.u_write(fd, piece.data(), 400) == 400);
  CHECK(functions.u_write(fd + 1, piece.data(), 400) == -1);
  Tap::Frame frame;
  CHECK(tap.take(frame, 1'050));
  CHECK(frame.mediaMs == 0);
  CHECK(tap.take(frame, 1'050));
  CHECK(frame.mediaMs == 20);
  CHECK(frame.samples[0] == media::decodeUlaw(media::encodeUlaw(160)));
  CHECK(!tap.take(frame, 1'050));  // 80 bytes are no frame
  CHECK(tap.delayMs() == 30);      // the first frame ended at 20 and was taken at 50
  CHECK(functions.u_write(fd, piece.data(), 80) == 80);
  CHECK(tap.take(frame, 1'070));
  CHECK(frame.mediaMs == 40);
  tap.stop();
  functions.u_write(fd, piece.data(), 400);
  CHECK(!tap.take(frame, 1'200));
}

TEST_CASE("dialogic: sound that nobody takes for a minute is dropped, and told as lost") {
  Tap tap;
  const int fd = tap.attach();
  REQUIRE(fd >= 0);
  tap.start(0, true);
  const vendor::DxUio functions = Tap::functions();
  std::vector<char> second(cpd::kSampleRateHz);
  for (int i = 0; i < 61; ++i)
    CHECK(functions.u_write(fd, second.data(), cpd::kSampleRateHz) == cpd::kSampleRateHz);
  Tap::Frame frame;
  CHECK(tap.take(frame, 61'000));
  CHECK(frame.lost == 60'000 / cpd::kFrameMs);
  CHECK(frame.mediaMs == 60'000);
  CHECK(tap.take(frame, 61'000));
  CHECK(frame.lost == 0);
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
