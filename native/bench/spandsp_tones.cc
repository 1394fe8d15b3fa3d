#include "spandsp_tones.h"

#ifdef CPD_SPANDSP

#include <malloc.h>
#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

#include <initializer_list>
#include <vector>

#include "cpd/types.h"

namespace bench {
namespace {

constexpr int kShortestPart = 8, kLongestPart = 12;  // tenths of the plan's length that are accepted
constexpr int kContinuousMs = 1000;

// A tone of one element: found when it has lasted. Others by their cadence.
void addTone(super_tone_rx_descriptor_t* set, const cpd::Cadence& cadence) {
  if (cadence.steps.empty()) return;
  const int tone = super_tone_rx_add_tone(set);
  for (const cpd::ToneStep& step : cadence.steps) {
    const int hz1 = step.hz1 > 0 ? static_cast<int>(step.hz1) : -1;
    const int hz2 = step.hz2 > 0 ? static_cast<int>(step.hz2) : -1;
    const int shortest = step.ms == 0 ? kContinuousMs : step.ms * kShortestPart / 10;
    const int longest = step.ms == 0 ? 0 : step.ms * kLongestPart / 10;
    super_tone_rx_add_element(set, tone, hz1, hz2, shortest, longest);
  }
}

// A piece of heap as the library's init functions take it.
std::size_t heapOf(void* pointer) { return malloc_usable_size(pointer); }

}  // namespace

struct SpandspTones::State {
  struct Channel {
    super_tone_rx_state_t* progress;
    modem_connect_tones_rx_state_t* answering;
    modem_connect_tones_rx_state_t* calling;
    dtmf_rx_state_t* keys;
  };
  super_tone_rx_descriptor_t* set = nullptr;
  std::vector<Channel> channels;
  int found = 0;

  static void onTone(void* self, int code, int, int) { static_cast<State*>(self)->found += code >= 0; }
  static void onModem(void* self, int tone, int, int) {
    static_cast<State*>(self)->found += tone != MODEM_CONNECT_TONES_NONE;
  }
  static void onDigits(void* self, const char*, int count) { static_cast<State*>(self)->found += count; }
};

bool haveSpandsp() { return true; }

SpandspTones::SpandspTones(const cpd::TonePlan& plan, int channels) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.set = super_tone_rx_make_descriptor(nullptr);
  for (const cpd::Cadence* cadence : {&plan.dial, &plan.ringback, &plan.busy, &plan.congestion})
    addTone(s.set, *cadence);
  addTone(s.set, cpd::parseCadence("950/330,1400/330,1800/330,0/0"));
  for (int c = 0; c < channels; ++c) {
    State::Channel channel{};
    channel.progress = super_tone_rx_init(nullptr, s.set, State::onTone, &s);
    channel.answering =
        modem_connect_tones_rx_init(nullptr, MODEM_CONNECT_TONES_FAX_CED_OR_PREAMBLE, State::onModem, &s);
    channel.calling = modem_connect_tones_rx_init(nullptr, MODEM_CONNECT_TONES_FAX_CNG, State::onModem, &s);
    channel.keys = dtmf_rx_init(nullptr, State::onDigits, &s);
    s.channels.push_back(channel);
  }
}

SpandspTones::~SpandspTones() {
  for (State::Channel& channel : state_->channels) {
    super_tone_rx_free(channel.progress);
    modem_connect_tones_rx_free(channel.answering);
    modem_connect_tones_rx_free(channel.calling);
    dtmf_rx_free(channel.keys);
  }
  super_tone_rx_free_descriptor(state_->set);
}

void SpandspTones::process(int channel, const int16_t* samples) {
  State::Channel& c = state_->channels[static_cast<size_t>(channel)];
  super_tone_rx(c.progress, samples, cpd::kFrameSamples);
  modem_connect_tones_rx(c.answering, samples, cpd::kFrameSamples);
  modem_connect_tones_rx(c.calling, samples, cpd::kFrameSamples);
  dtmf_rx(c.keys, samples, cpd::kFrameSamples);
}

std::size_t SpandspTones::stateBytes() const {
  const State::Channel& c = state_->channels.front();
  return heapOf(c.progress) + heapOf(c.answering) + heapOf(c.calling) + heapOf(c.keys);
}

int SpandspTones::found() const { return state_->found; }

}  // namespace bench

#else

namespace bench {

struct SpandspTones::State {};
bool haveSpandsp() { return false; }
SpandspTones::SpandspTones(const cpd::TonePlan&, int) {}
SpandspTones::~SpandspTones() = default;
void SpandspTones::process(int, const int16_t*) {}
std::size_t SpandspTones::stateBytes() const { return 0; }
int SpandspTones::found() const { return 0; }

}  // namespace bench

#endif
