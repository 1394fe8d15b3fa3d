// The commands of the port, each carried out by its channel: what boards have in common whose channels are objects
// of this process.
#pragma once

#include <string>

#include "board/board.h"

namespace board {

// `Self` is the board, `Port` what it implements. Self has, open to this class:
//   command(channel, act): a Status; act(Channel&) under the board's lock, for a channel that is there
//   known(channel): whether there is one, under the lock
//   channelAt(channel): the Channel& of one that is known
// `play` is the board's own: each keeps what it read from the disk in another form.
template <typename Self, typename Port>
class ChannelCommands : public Port {
 public:
  Status seize(ChannelId channel, CallRef ref) override {
    return self().command(channel, [&](auto& c) { return c.seize(ref); });
  }
  Status rearm(ChannelId channel, CallRef ref) override {
    return self().command(channel, [&](auto& c) { return c.rearm(ref); });
  }
  Status join(ChannelId channel, CallRef ref, ChannelId other) override {
    return self().command(channel, [&](auto& c) {
      return self().known(other) ? c.join(ref, self().channelAt(other)) : Status::kUnknownChannel;
    });
  }
  Status part(ChannelId channel, CallRef ref) override {
    return self().command(channel, [&](auto& c) { return c.part(ref); });
  }
  Status stopPlay(ChannelId channel, CallRef ref) override {
    return self().command(channel, [&](auto& c) { return c.stopPlay(ref); });
  }
  Status collectDigits(ChannelId channel, CallRef ref, const DigitLimits& limits) override {
    return self().command(channel, [&](auto& c) { return c.collectDigits(ref, limits); });
  }
  Status drop(ChannelId channel, CallRef ref) override {
    return self().command(channel, [&](auto& c) { return c.drop(ref); });
  }
  Status reset(ChannelId channel) override {
    return self().command(channel, [&](auto& c) { return c.reset(); });
  }
  Status setInService(ChannelId channel, bool inService) override {
    return self().command(channel, [&](auto& c) { return c.setInService(inService); });
  }
  Status tellScores(ChannelId channel, bool on) override {
    return self().command(channel, [&](auto& c) { return c.tellScores(on); });
  }

 private:
  Status dialChecked(ChannelId channel, CallRef ref, const std::string& number,
                     const DialParameters& parameters) override {
    return self().command(channel, [&](auto& c) { return c.dial(ref, number, parameters); });
  }
  Status transferChecked(ChannelId channel, CallRef ref, const std::string& extension,
                         TransferStyle style) override {
    return self().command(channel, [&](auto& c) { return c.transfer(ref, extension, style); });
  }

  Self& self() { return static_cast<Self&>(*this); }
};

}  // namespace board
