#include "standin/engine/settings.h"

#include <cstdlib>
#include <utility>

#include "cpd/tones/plan/tone_plan.h"
#include "standin/engine/event_names.h"
#include "standin/engine/json.h"

namespace standin {
namespace {

using board::sim::Codec;
using board::sim::Extension;
using board::sim::ExtensionBehaviour;
using board::sim::Kind;
using board::sim::Subscriber;

template <typename T>
using Names = std::vector<std::pair<const char*, T>>;

const Names<Kind> kKinds = {{"live", Kind::kLive},
                            {"machine", Kind::kMachine},
                            {"screening", Kind::kScreening},
                            {"fax", Kind::kFax},
                            {"modem", Kind::kModem},
                            {"busy", Kind::kBusy},
                            {"congestion", Kind::kCongestion},
                            {"sit", Kind::kSit},
                            {"no_answer", Kind::kNoAnswer},
                            {"silence", Kind::kSilence},
                            {"unobtainable", Kind::kUnobtainable}};
const Names<Codec> kCodecs = {{"pcm", Codec::kPcm}, {"alaw", Codec::kAlaw}, {"ulaw", Codec::kUlaw}};
const Names<Family> kFamilies = {
    {"springware", Family::kSpringware}, {"dm3", Family::kDm3}, {"hmp", Family::kHmp}};
const Names<ExtensionBehaviour> kBehaviours = {{"answer", ExtensionBehaviour::kAnswer},
                                               {"busy", ExtensionBehaviour::kBusy},
                                               {"no_answer", ExtensionBehaviour::kNoAnswer},
                                               {"refuse", ExtensionBehaviour::kRefuse}};
// As src/domain/outcome.ts spells them.
const Names<cpd::SitCategory> kSits = {
    {"IC", cpd::SitCategory::kIC},    {"VC", cpd::SitCategory::kVC},   {"RO'", cpd::SitCategory::kRO1},
    {"RO\"", cpd::SitCategory::kRO2}, {"NC'", cpd::SitCategory::kNC1}, {"NC\"", cpd::SitCategory::kNC2},
    {"R1", cpd::SitCategory::kR1},    {"R2", cpd::SitCategory::kR2},   {"ITU", cpd::SitCategory::kITU}};

template <typename T>
T named(const Names<T>& names, const std::string& name, const std::string& where) {
  std::string expected = "one of";
  for (const auto& [each, value] : names) {
    if (name == each) return value;
    expected += std::string(" ") + each;
  }
  refuse(where, name, expected);
}

constexpr int kDay = 86'400'000;

Subscriber readSubscriber(const Json& value, const std::string& where, const std::string& folder) {
  Fields f(value, where);
  Subscriber s;
  s.number = f.text("number", "");
  if (s.number.empty()) refuse(f.where("number"), "nothing", "digits");
  s.kind = named(kKinds, f.text("kind", "live"), f.where("kind"));
  s.ringMs = f.whole("ringMs", s.ringMs, 0, kDay);
  s.answerPauseMs = f.whole("answerPauseMs", s.answerPauseMs, 0, kDay);
  s.speech = f.texts("speech");
  for (std::string& path : s.speech) {
    if (!path.starts_with('/')) path.insert(0, folder);
  }
  s.repeatGapMs = f.whole("repeatGapMs", s.repeatGapMs, 0, kDay);
  s.levelDbm0 = static_cast<float>(f.number("levelDbm0", s.levelDbm0, -50, 0));
  s.noiseDbm0 = static_cast<float>(f.number("noiseDbm0", s.noiseDbm0, -90, -20));
  s.codec = named(kCodecs, f.text("codec", "ulaw"), f.where("codec"));
  s.lossPct = static_cast<float>(f.number("lossPct", 0, 0, 30));
  s.beepHz = static_cast<float>(f.number("beepHz", s.beepHz, 300, 2500));
  s.beepMs = f.whole("beepMs", s.beepMs, 0, kDay);
  const std::string sit = f.text("sit", "");
  if (!sit.empty()) s.sit = named(kSits, sit, f.where("sit"));
  s.cause = f.whole("cause", -1, 1, 127);
  s.plan = f.text("plan", "");
  if (!s.plan.empty() && cpd::findTonePlan(s.plan) == nullptr)
    refuse(f.where("plan"), s.plan, "a built-in tone plan");
  s.patienceMs = f.whole("patienceMs", s.patienceMs, 0, kDay);
  s.talkMs = f.whole("talkMs", s.talkMs, 0, kDay);
  s.ringbackMusic = f.text("ringbackMusic", "");
  if (!s.ringbackMusic.empty() && !s.ringbackMusic.starts_with('/')) s.ringbackMusic.insert(0, folder);
  s.falseAnswerMs = f.whole("falseAnswerMs", 0, 0, kDay);
  s.dtmf = f.text("dtmf", "");
  f.done();
  return s;
}

board::sim::World readWorld(const Json* value) {
  board::sim::World world;
  const Json nothing{.type = Json::Type::kObject, .text = {}, .items = {}, .names = {}};
  Fields f(value != nullptr ? *value : nothing, "world");
  std::string folder = f.text("audioFolder", "");
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  int index = 0;
  for (const Json& item : f.list("subscribers"))
    world.subscribers.push_back(
        readSubscriber(item, f.where("subscribers") + "." + std::to_string(index++), folder));
  const std::string unlisted = f.text("unlisted", "mix");
  world.mixUnlisted = unlisted == "mix";
  if (!world.mixUnlisted) world.unlisted = named(kKinds, unlisted, f.where("unlisted"));
  if (const Json* speech = f.find("mixSpeech")) {
    Fields mix(*speech, f.where("mixSpeech"));
    world.mixLive = mix.texts("live");
    world.mixMachine = mix.texts("machine");
    for (auto* paths : {&world.mixLive, &world.mixMachine}) {
      for (std::string& path : *paths) {
        if (!path.starts_with('/')) path.insert(0, folder);
      }
    }
    mix.done();
  }
  if (f.find("extensions") == nullptr) world.extensions.push_back({.extension = "7xxx"});
  for (const Json& item : f.list("extensions")) {
    Fields e(item, f.where("extensions"));
    Extension extension;
    extension.extension = e.text("extension", "");
    extension.answerMs = e.whole("answerMs", 600, 0, kDay);
    extension.behaviour = named(kBehaviours, e.text("behaviour", "answer"), e.where("behaviour"));
    e.done();
    world.extensions.push_back(extension);
  }
  // The simulated board's faults are of its port; a vendor's are others, and not the world's.
  if (!f.list("faults").empty())
    refuse(f.where("faults"), "faults", "none here; the vendor's stand beside world");
  f.done();
  return world;
}

BoardSettings readBoard(const Json& value, const std::string& where) {
  Fields f(value, where);
  BoardSettings board;
  board.family = named(kFamilies, f.text("family", "hmp"), f.where("family"));
  const std::string network = f.text("network", "t1");
  if (network != "t1" && network != "e1") refuse(f.where("network"), network, "t1 or e1");
  board.e1 = network == "e1";
  const int most = board.family == Family::kDm3 ? (board.e1 ? 30 : 23) : 480;
  board.channels = f.whole("channels", 4, 1, most);
  board.access = f.text("access", "");
  board.loopAnswer = f.flag("loopAnswer", false);
  board.disconnectTone = f.flag("disconnectTone", false);
  f.done();
  return board;
}

FaultSettings readFaultObject(const Json& value, const std::string& where) {
  static const std::vector<std::string> kinds = {"lost_event",   "task_fail",       "alarm",    "alarm_storm",
                                                 "no_dial_tone", "no_loop_current", "hang",     "crash",
                                                 "glare",        "start_fail",      "open_fail"};
  static const std::vector<std::string> alarms = {"red", "blue", "yellow", "layer2", "no_loop_current"};
  Fields f(value, where);
  FaultSettings fault;
  fault.kind = f.text("kind", "");
  std::string expected = "one of";
  bool known = false;
  for (const std::string& kind : kinds) {
    known = known || kind == fault.kind;
    expected += " " + kind;
  }
  if (!known) refuse(f.where("kind"), fault.kind, expected);
  fault.device = f.text("device", "");
  fault.function = f.text("function", "");
  if (const Json* event = f.find("event")) {
    fault.event =
        event->type == Json::Type::kNumber ? static_cast<unsigned>(event->number) : eventNumber(event->text);
    if (fault.event == 0) refuse(f.where("event"), event->text, "a TDX_ or GCEV_ name, or its number");
  }
  fault.times = f.whole("times", 1, 1, 1'000'000);
  fault.resets = f.whole("resets", 1, 1, 1'000'000);
  fault.span = f.whole("span", 0, 0, 10'000);
  fault.alarm = f.text("alarm", "red");
  known = false;
  for (const std::string& alarm : alarms) known = known || alarm == fault.alarm;
  if (!known) refuse(f.where("alarm"), fault.alarm, "one of red blue yellow layer2 no_loop_current");
  fault.atMs = f.number("atMs", 0, 0, 1e12);
  fault.forMs = f.number("forMs", 0, 0, 1e12);
  fault.count = f.whole("count", 100, 1, 100'000);
  f.done();
  return fault;
}

}  // namespace

Settings readSettings(std::string_view json) {
  const Json document = parseJson(json);
  Fields f(document, "");
  Settings s;
  s.plan = f.text("plan", "US");
  if (cpd::findTonePlan(s.plan) == nullptr) refuse("plan", s.plan, "a built-in tone plan");
  s.seed = static_cast<uint64_t>(f.number("seed", 1, 0, 1e15));
  if (const Json* clock = f.find("clock")) {
    if (clock->type == Json::Type::kString) {
      if (clock->text != "step" && clock->text != "free")
        refuse("clock", clock->text, "step, free or {\"speed\": number}");
      s.clock = clock->text == "step" ? ClockKind::kStep : ClockKind::kFree;
    } else {
      Fields c(*clock, "clock");
      s.speed = c.number("speed", 1, 0.01, 10'000);
      c.done();
    }
  }
  int index = 0;
  for (const Json& board : f.list("boards"))
    s.boards.push_back(readBoard(board, "boards." + std::to_string(index++)));
  if (s.boards.empty()) s.boards.emplace_back();
  s.world = readWorld(f.find("world"));
  for (const Json& fault : f.list("faults")) s.faults.push_back(readFaultObject(fault, "faults"));
  if (const Json* random = f.find("random")) {
    Fields r(*random, "random");
    s.random.seed = static_cast<uint64_t>(r.number("seed", 1, 0, 1e15));
    s.random.lostEvent = r.number("lostEvent", 0, 0, 1);
    s.random.taskFail = r.number("taskFail", 0, 0, 1);
    s.random.alarmStorm = r.number("alarmStorm", 0, 0, 1);
    s.random.crash = r.number("crash", 0, 0, 1);
    r.done();
  }
  s.uioBytes = f.whole("uioBytes", 400, 16, 65'536);
  s.log = f.text("log", "");
  s.report = f.text("report", "");
  f.done();
  return s;
}

FaultSettings readFault(std::string_view json) { return readFaultObject(parseJson(json), "fault"); }

const char* kindName(Kind kind) {
  for (const auto& [name, each] : kKinds) {
    if (each == kind) return name;
  }
  return "";
}

}  // namespace standin
