#include "standin/engine/world.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "standin/engine/engine.h"
#include "standin/engine/json.h"
#include "standin/global_call/global_call.h"
#include "standin/voice/voice_channel.h"

namespace standin {
namespace {

constexpr int kVoicesPerBoard = 4;
constexpr long kFirstSlot = 1024;

std::string number(double value) { return std::to_string(static_cast<long long>(value)); }

}  // namespace

World::World(Engine& engine)
    : pbx(engine.settings.world.extensions),
      tones(engine.settings.boards.size()),
      engine_(engine),
      numbers_(engine.settings.world, engine.settings.seed, engine.settings.plan == "US") {
  const board::sim::World& world = engine.settings.world;
  for (const std::string& path : world.mixLive) sounds.wav(path);
  for (const std::string& path : world.mixMachine) sounds.wav(path);
  for (const board::sim::Subscriber& subscriber : world.subscribers) {
    for (const std::string& path : subscriber.speech) sounds.wav(path);
    if (!subscriber.ringbackMusic.empty()) sounds.wav(subscriber.ringbackMusic);
  }
  int index = 0;
  for (const BoardSettings& board : engine.settings.boards) addBoard(board, index++);
}

World::~World() = default;

void World::addPort(Port& port) {
  port.slot = kFirstSlot + static_cast<long>(ports_.size());
  ports_.push_back(&port);
}

void World::addBoard(const BoardSettings& board, int index) {
  physical_.push_back("brdB" + std::to_string(index + 1));
  ++spans_;
  const int firstVoice = static_cast<int>(voices.size());
  std::vector<std::string> names;
  if (board.family != Family::kSpringware) {
    const bool ip = board.family == Family::kHmp;
    const std::string virtualBoard =
        (ip ? "iptB" : "dtiB") + std::to_string(ip ? ++iptBoards_ : ++dtiBoards_);
    physicalOf_[virtualBoard] = index;
    std::vector<std::string> media;
    for (int i = 1; i <= board.channels; ++i) {
      names.push_back(virtualBoard + "T" + std::to_string(i));
      if (ip) media.push_back("ipmB" + std::to_string(iptBoards_) + "C" + std::to_string(i));
      lines.emplace_back(*this, names.back(), index, board.family,
                         ip ? board::TrunkKind::kSip : board::TrunkKind::kIsdn, spans_);
      lineByName_[names.back()] = &lines.back();
      addPort(lines.back());
    }
    boards_.emplace_back(virtualBoard, names);
    if (ip) {
      physicalOf_["ipmB" + std::to_string(iptBoards_)] = index;
      boards_.emplace_back("ipmB" + std::to_string(iptBoards_), media);
    }
  }
  addVoices(index, firstVoice, board.channels, board);
}

// In virtual boards of four. A board of its own begins a new one.
void World::addVoices(int board, int first, int count, const BoardSettings& settings) {
  static_cast<void>(first);
  for (int i = 0; i < count; ++i) {
    int voiceBoards = 0;
    for (const auto& entry : boards_) voiceBoards += entry.first.starts_with("dxxxB") ? 1 : 0;
    if (i % kVoicesPerBoard == 0) {
      boards_.emplace_back("dxxxB" + std::to_string(++voiceBoards), std::vector<std::string>());
      physicalOf_[boards_.back().first] = board;
    }
    auto& [virtualBoard, names] = boards_.back();
    names.push_back(virtualBoard + "C" + std::to_string(names.size() + 1));
    const std::string name = names.back();
    NetworkLine* own = nullptr;
    if (settings.family == Family::kSpringware) {
      lines.emplace_back(*this, name, board, settings.family, board::TrunkKind::kAnalog, spans_);
      own = &lines.back();
      lineByName_[name] = own;
      addPort(*own);
    }
    voices.emplace_back(engine_, name, settings, own);
    voiceByName_[name] = &voices.back();
    addPort(voices.back());
  }
}

const std::vector<std::string>* World::subdevices(const std::string& board) const {
  for (const auto& [name, devices] : boards_) {
    if (name == board) return &devices;
  }
  return nullptr;
}

std::vector<std::string> World::virtualBoards(int physical) const {
  std::vector<std::string> result;
  for (const auto& [name, devices] : boards_) {
    if (physicalOf_.at(name) == physical) result.push_back(name);
  }
  return result;
}

int World::physicalOf(const std::string& virtualBoard) const {
  const auto found = physicalOf_.find(virtualBoard);
  return found == physicalOf_.end() ? -1 : found->second;
}

NetworkLine* World::line(const std::string& name) {
  const auto found = lineByName_.find(name);
  return found == lineByName_.end() ? nullptr : found->second;
}

VoiceChannel* World::voice(const std::string& name) {
  const auto found = voiceByName_.find(name);
  return found == voiceByName_.end() ? nullptr : found->second;
}

Port* World::port(long slot) {
  const long index = slot - kFirstSlot;
  if (index < 0 || index >= static_cast<long>(ports_.size())) return nullptr;
  return ports_[static_cast<size_t>(index)];
}

const cpd::TonePlan& World::plan() const { return *cpd::findTonePlan(engine_.settings.plan); }

void World::call(Leg& leg, const std::string& dialled, board::TrunkKind kind) {
  const Settings& settings = engine_.settings;
  leg.number = dialled;
  leg.plan = settings.plan;
  if (const board::sim::Extension* extension = pbx.find(dialled)) {
    leg.callee =
        board::sim::makeExtensionCallee(*extension, {sounds, plan(), kind, settings.world, settings.seed});
    leg.extension = true;
    return;
  }
  const board::sim::Subscriber subscriber = numbers_.find(dialled);
  if (!subscriber.plan.empty()) leg.plan = subscriber.plan;
  leg.kind = subscriber.kind;
  leg.sit = subscriber.sit;
  leg.music = !subscriber.ringbackMusic.empty();
  leg.callee = board::sim::makeCallee(
      subscriber, {sounds, *cpd::findTonePlan(leg.plan), kind, settings.world, settings.seed});
}

size_t World::record(const NetworkLine& line, const Leg& leg) {
  calls.push_back({line.name, leg.number, leg.kind, leg.extension, engine_.now()});
  log("{\"dialled\": " + quoted(leg.number) + ", \"device\": " + quoted(line.name) +
      ", \"extension\": " + (leg.extension ? "true" : "false") +
      ", \"process\": " + std::to_string(getpid()) + ", \"at\": " + number(engine_.now()) + "}");
  return calls.size() - 1;
}

void World::ended(Leg& leg, const char* by) {
  if (leg.endedAt >= 0) return;
  leg.endedAt = engine_.now();
  if (leg.record >= calls.size()) return;
  CallRecord& record = calls[leg.record];
  record.endedAt = leg.endedAt;
  record.endedBy = by;
  log("{\"ended\": " + quoted(leg.number) + ", \"by\": " + quoted(by) +
      ", \"process\": " + std::to_string(getpid()) + ", \"at\": " + number(engine_.now()) + "}");
}

int World::runsBefore() const {
  if (engine_.settings.log.empty()) return 0;
  std::ifstream file(engine_.settings.log);
  int runs = 0;
  for (std::string line; std::getline(file, line);) runs += line.starts_with("{\"began\"") ? 1 : 0;
  return runs;
}

void World::began() const {
  log("{\"began\": " + std::to_string(runsBefore()) + ", \"process\": " + std::to_string(getpid()) + "}");
}

// A line at a time, so that several processes may share the file.
void World::log(const std::string& line) const {
  if (engine_.settings.log.empty()) return;
  const int file = ::open(engine_.settings.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) return;
  const std::string text = line + "\n";
  if (::write(file, text.data(), text.size()) < 0) engine_.misuse.note("log_not_written");
  ::close(file);
}

// The error event of span devices (dtiBn) that asked for this alarm: its number, 0x10 more when it goes.
void World::tellSpans(int span, const std::string& alarm, bool on) {
  constexpr unsigned kErrorEvent = 0x2049;
  const struct {
    const char* name;
    unsigned mask;
    vlong number;
  } alarms[] = {{"red", 0x400, 0xB}, {"blue", 0x2, 0x9}, {"yellow", 0x20, 0x5}};
  for (const auto& each : alarms) {
    if (alarm != each.name) continue;
    for (const Opened& device : engine_.handles()) {
      const bool asked = device.what == What::kSpan && !device.closed && (device.errorMask & each.mask) != 0;
      if (!asked || device.line->span != span) continue;
      const vlong number = each.number + (on ? 0 : 0x10);
      Event event{.dev = device.handle, .type = kErrorEvent};
      event.data.resize(sizeof number);
      std::memcpy(event.data.data(), &number, sizeof number);
      engine_.push(std::move(event));
    }
  }
}

void World::alarm(const Faults::Change& change) {
  const int times = change.storm > 0 ? change.storm : 1;
  for (int i = 0; i < times; ++i) {
    engine_.gc->spanAlarm(change.span, change.alarm, change.storm > 0 || change.on);
    for (NetworkLine& line : lines) {
      if (line.span != change.span) continue;
      if (change.storm > 0) {
        line.raise(change.alarm, true);
        line.raise(change.alarm, false);
      } else {
        line.raise(change.alarm, change.on);
      }
    }
    tellSpans(change.span, change.alarm, change.storm > 0 || change.on);
    if (change.storm == 0) continue;
    engine_.gc->spanAlarm(change.span, change.alarm, false);
    tellSpans(change.span, change.alarm, false);
  }
}

void World::tick() {
  for (Port* port : ports_) port->wanted = false;
  for (Port* port : ports_) {
    if (port->source != nullptr && port->hungry()) port->source->wanted = true;
  }
  for (NetworkLine& line : lines) line.tick();
  for (Port* port : ports_) {
    if (port->source != nullptr && port->hungry()) {
      port->hears(port->source->sends());
    } else {
      port->hears(nullptr);
    }
  }
  for (VoiceChannel& voice : voices) voice.tick();
  std::erase_if(carried_, [&](const Carried& call) {
    if (call.endsAt > engine_.now()) return false;
    ended(*call.leg, "far_end");
    return true;
  });
}

std::string World::callsJson() const {
  std::string result = "[";
  for (const CallRecord& call : calls) {
    if (result.size() > 1) result += ",\n ";
    result += "{\"device\": " + quoted(call.device) + ", \"number\": " + quoted(call.number) +
              ", \"kind\": " + quoted(kindName(call.kind)) +
              ", \"extension\": " + (call.extension ? "true" : "false") +
              ", \"dialledAt\": " + number(call.dialledAt) + ", \"answeredAt\": " + number(call.answeredAt) +
              ", \"greetingEndAt\": " + number(call.greetingEndAt) +
              ", \"endedAt\": " + number(call.endedAt) + ", \"endedBy\": " + quoted(call.endedBy) + "}";
  }
  return result + "]";
}

}  // namespace standin
