// What is played from and recorded to: the vendor's transfer tables, their formats, and the application's own
// functions (IO_UIO).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "standin/engine/abi.h"
#include "standin/engine/bus.h"

namespace standin {

class Engine;

// Coding of the sound. `bytesPerFrame` of 20 ms.
struct SoundFormat {
  int data = 7;  // DATA_FORMAT_
  int rate = 8000;
  int bits = 8;
  bool wave = false;
  int bytesPerFrame() const { return rate / 50 * bits / 8; }
};

// 0: good; else the EDX_ error.
int readFormat(const DxXpb* xpb, SoundFormat& format);

// One entry of the table.
struct Transfer {
  bool memory = false, user = false;
  int file = 0;
  char* memoryAt = nullptr;
  long offset = 0;
  long length = -1;  // -1: until the end
  long done = 0;
};

// 0: good; else the EDX_ error.
int readTransfers(const DxIott* iott, bool record, std::vector<Transfer>& transfers);

// State of a stream that calls into the application may outlive.
struct Stream {
  std::deque<uint8_t> bytes;
  bool asked = false;  // a call into the application is under way
  bool ended = false;
  bool failed = false;
  bool closed = false;  // the operation is over: nothing more is to be called
};

class Player {
 public:
  Player(Engine& engine, std::vector<Transfer> transfers, SoundFormat format, DxUio uio);

  // The next frame; false: there is no more.
  bool next(Frame& frame, bool& underrun);
  long played() const { return played_; }
  // Length in ms as far as it is known.
  double lengthMs() const;
  void close() { stream_->closed = true; }

 private:
  void fill();

  Engine& engine_;
  std::vector<Transfer> transfers_;
  size_t at_ = 0;
  SoundFormat format_;
  DxUio uio_;
  std::shared_ptr<Stream> stream_ = std::make_shared<Stream>();
  long played_ = 0;
  bool begun_ = false;
};

class Recorder {
 public:
  Recorder(Engine& engine, std::vector<Transfer> transfers, SoundFormat format, DxUio uio);

  // False: it is full, or the application refused it.
  bool frame(const Frame* frame);
  // Hands over what is left, then calls `then` (under the engine's mutex).
  void finish(std::function<void()> then);
  void close() { stream_->closed = true; }
  long recorded() const { return recorded_; }
  bool failed() const { return stream_->failed; }

 private:
  void flush(bool all);

  Engine& engine_;
  std::vector<Transfer> transfers_;
  SoundFormat format_;
  DxUio uio_;
  std::shared_ptr<Stream> stream_ = std::make_shared<Stream>();
  long recorded_ = 0;
};

}  // namespace standin
