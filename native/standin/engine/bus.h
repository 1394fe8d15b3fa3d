// The time-division bus: each device sends on a slot of its own and listens to at most one.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "cpd/types.h"

namespace standin {

using Frame = std::array<int16_t, cpd::kFrameSamples>;

class Port {
 public:
  virtual ~Port() = default;

  // Wants the sound of what it listens to in this frame.
  virtual bool hungry() const = 0;
  // What it sends in this frame; null: silence. Asked at most once a frame by each listener.
  virtual const Frame* sends() = 0;
  // What it hears in this frame; null: silence.
  virtual void hears(const Frame* frame) = 0;
  // A line of the network: whoever is on it talks.
  virtual bool network() const { return false; }

  long slot = 0;
  Port* source = nullptr;  // what it listens to
  bool wanted = false;     // in this frame somebody wants its sound
};

}  // namespace standin
