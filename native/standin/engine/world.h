// The boards, the lines and the world behind them.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "board/sim/sound/mix.h"
#include "board/sim/sound/sounds.h"
#include "board/sim/world/ground_truth.h"
#include "board/sim/world/switch.h"
#include "standin/engine/abi.h"
#include "standin/engine/faults.h"
#include "standin/engine/network_line.h"
#include "standin/engine/settings.h"
#include "standin/voice/tones.h"

namespace standin {

class Engine;
class VoiceChannel;

// A call that went out, for the tests.
struct CallRecord {
  std::string device, number;
  board::sim::Kind kind;
  bool extension;
  double dialledAt, answeredAt = -1, greetingEndAt = -1, endedAt = -1;
  const char* endedBy = "";
};

class STANDIN_SHARED World {
 public:
  // Throws std::runtime_error naming an audio file that cannot be read.
  explicit World(Engine& engine);
  ~World();

  void tick();
  int spans() const { return static_cast<int>(spans_); }
  void alarm(const Faults::Change& change);

  NetworkLine* line(const std::string& name);
  VoiceChannel* voice(const std::string& name);
  Port* port(long slot);
  // Names of virtual boards and of the devices under each, in order.
  const std::vector<std::pair<std::string, std::vector<std::string>>>& boards() const { return boards_; }
  const std::vector<std::string>* subdevices(const std::string& board) const;
  const std::vector<std::string>& physical() const { return physical_; }
  // Virtual boards of a physical one (index).
  std::vector<std::string> virtualBoards(int physical) const;
  int physicalOf(const std::string& virtualBoard) const;

  // Fills in who is called.
  void call(Leg& leg, const std::string& number, board::TrunkKind kind);
  size_t record(const NetworkLine& line, const Leg& leg);
  void ended(Leg& leg, const char* by);
  void carry(const LegPtr& leg, double endsAt) { carried_.push_back({leg, endsAt}); }
  std::string callsJson() const;
  // How many processes began before this one, by the log they share; 0 without a log.
  int runsBefore() const;
  // Says in the log that this one does.
  void began() const;

  const cpd::TonePlan& plan() const;
  Engine& engine() { return engine_; }

  board::sim::Sounds sounds;
  board::sim::Switch pbx;
  Tones tones;
  DxUio uio{};                            // dx_setuio: of every channel without its own
  std::set<std::pair<int, int>> queried;  // board and tone id of each dx_querytone
  std::deque<NetworkLine> lines;
  std::deque<VoiceChannel> voices;
  std::vector<CallRecord> calls;

 private:
  struct Carried {
    LegPtr leg;
    double endsAt;
  };

  void addBoard(const BoardSettings& board, int index);
  void addVoices(int board, int first, int count, const BoardSettings& settings);
  void addPort(Port& port);
  void tellSpans(int span, const std::string& alarm, bool on);
  void log(const std::string& line) const;

  Engine& engine_;
  board::sim::Numbers numbers_;
  std::vector<std::pair<std::string, std::vector<std::string>>> boards_;
  std::map<std::string, int> physicalOf_;
  std::vector<std::string> physical_;
  std::map<std::string, NetworkLine*> lineByName_;
  std::map<std::string, VoiceChannel*> voiceByName_;
  std::vector<Port*> ports_;
  std::vector<Carried> carried_;
  int spans_ = 0;
  int dtiBoards_ = 0, iptBoards_ = 0;
};

}  // namespace standin
