#include "standin/voice/voice_io.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "media/g711.h"
#include "standin/engine/engine.h"
#include "standin/voice/voice_numbers.h"

namespace standin {
namespace {

constexpr int kAdpcm = 1, kAlaw = 3, kMulaw = 7, kPcm = 8;
constexpr size_t kReadAhead = 4096;

int16_t decode(const std::vector<uint8_t>& bytes, size_t index, const SoundFormat& format) {
  switch (format.data) {
    case kAlaw:
      return media::decodeAlaw(bytes[index]);
    case kMulaw:
      return media::decodeUlaw(bytes[index]);
    case kPcm:
      if (format.bits == 16) {
        return static_cast<int16_t>(bytes[2 * index] | bytes[2 * index + 1] << 8);
      }
      return static_cast<int16_t>((bytes[index] - 128) * 256);
    default:
      return 0;  // ADPCM: its time passes, its sound is not made
  }
}

void encode(int16_t sample, const SoundFormat& format, std::deque<uint8_t>& into) {
  switch (format.data) {
    case kAlaw:
      return into.push_back(media::encodeAlaw(sample));
    case kMulaw:
      return into.push_back(media::encodeUlaw(sample));
    case kPcm:
      if (format.bits == 16) {
        into.push_back(static_cast<uint8_t>(sample & 0xFF));
        return into.push_back(static_cast<uint8_t>(static_cast<uint16_t>(sample) >> 8));
      }
      return into.push_back(static_cast<uint8_t>(sample / 256 + 128));
    default:
      return;
  }
}

// The rate is a code (sheet 3.4: DRT_6KHZ 0x30, DRT_8KHZ 0x40, DRT_11KHZ 0x58); programs that give Hz are let
// pass.
int rateOf(unsigned long code) {
  switch (code) {
    case 0x30:
      return 6000;
    case 0x40:
      return 8000;
    case 0x58:
      return 11025;
    default:
      return static_cast<int>(code);
  }
}

}  // namespace

int readFormat(const DxXpb* xpb, SoundFormat& format) {
  if (xpb == nullptr) return 0;
  if (xpb->fileFormat < 1 || xpb->fileFormat > 3) return EDX_XPBPARM;
  format.wave = xpb->fileFormat == 2;
  if (format.wave) return 0;  // the file says the rest
  format.data = xpb->dataFormat;
  format.rate = rateOf(xpb->samplesPerSec);
  format.bits = xpb->bitsPerSample;
  const bool rate = format.rate == 6000 || format.rate == 8000 || format.rate == 11025;
  const bool adpcm = format.data == kAdpcm && format.bits == 4;
  const bool law = (format.data == kAlaw || format.data == kMulaw) && format.bits == 8;
  const bool pcm = format.data == kPcm && (format.bits == 8 || format.bits == 16);
  return rate && (adpcm || law || pcm) ? 0 : EDX_XPBPARM;
}

int readTransfers(const DxIott* iott, bool record, std::vector<Transfer>& transfers) {
  for (int count = 0; iott != nullptr; ++count) {
    if (count == 64) return EDX_BADIOTT;
    Transfer t;
    t.memory = (iott->type & IO_MEM) != 0;
    t.user = (iott->type & IO_UIO) != 0;
    t.file = iott->fhandle;
    t.memoryAt = iott->bufp;
    t.offset = static_cast<long>(iott->offset);
    t.length = static_cast<long>(iott->length);
    if (t.memory && t.user) return EDX_BADIOTT;  // IO_UIO goes with IO_DEV
    if (t.memory && (t.memoryAt == nullptr || t.length < 0)) return EDX_BADIOTT;
    if (t.length == 0 || t.length < -1) return EDX_BADIOTT;
    if (!t.memory && t.file < 0) return EDX_BADIOTT;
    transfers.push_back(t);
    if (iott->type & IO_EOT) return 0;
    if (record && t.length == -1) return EDX_BADIOTT;  // never reaches the next one
    iott = (iott->type & IO_LINK) ? iott->next : iott + 1;
  }
  return EDX_BADIOTT;
}

Player::Player(Engine& engine, std::vector<Transfer> transfers, SoundFormat format, DxUio uio)
    : engine_(engine), transfers_(std::move(transfers)), format_(format), uio_(uio) {}

double Player::lengthMs() const {
  double ms = 0;
  for (const Transfer& t : transfers_) {
    long bytes = t.length;
    if (bytes < 0 && !t.memory && !t.user) {
      const off_t here = lseek(t.file, 0, SEEK_CUR);
      const off_t end = lseek(t.file, 0, SEEK_END);
      lseek(t.file, here, SEEK_SET);
      bytes = static_cast<long>(end > here ? end - here : 0);
    }
    ms += bytes > 0 ? static_cast<double>(bytes) * 20 / std::max(1, format_.bytesPerFrame()) : 10'000;
  }
  return ms;
}

void Player::fill() {
  const size_t need = static_cast<size_t>(format_.bytesPerFrame());
  Stream& s = *stream_;
  while (s.bytes.size() < std::max(need, kReadAhead) && at_ < transfers_.size() && !s.ended) {
    Transfer& t = transfers_[at_];
    size_t want = kReadAhead;
    if (t.length >= 0) want = std::min(want, static_cast<size_t>(t.length - t.done));
    if (want == 0) {
      ++at_;
      continue;
    }
    if (t.user) {
      if (s.bytes.size() >= 4 * need || s.asked) return;
      want = std::min(want, static_cast<size_t>(engine_.settings.uioBytes));
      s.asked = true;
      engine_.outside([stream = stream_, uio = uio_, file = t.file, want, &transfer = t, &engine = engine_] {
        std::vector<char> piece(want);
        {
          const std::lock_guard lock(engine.mutex);
          if (stream->closed) return;
        }
        const int got = uio.read(file, piece.data(), static_cast<unsigned>(want));
        const std::lock_guard lock(engine.mutex);
        stream->asked = false;
        if (stream->closed) return;
        if (got <= 0) {
          stream->ended = true;
          return;
        }
        stream->bytes.insert(stream->bytes.end(), piece.begin(), piece.begin() + got);
        transfer.done += got;
      });
      return;
    }
    if (t.memory) {
      const char* from = t.memoryAt + t.offset + t.done;
      s.bytes.insert(s.bytes.end(), from, from + want);
      t.done += static_cast<long>(want);
      continue;
    }
    if (t.done == 0 && t.offset > 0) lseek(t.file, static_cast<off_t>(t.offset), SEEK_SET);
    std::vector<char> piece(want);
    const ssize_t got = ::read(t.file, piece.data(), want);
    if (got <= 0) {
      ++at_;
      continue;
    }
    t.done += got;
    s.bytes.insert(s.bytes.end(), piece.begin(), piece.begin() + got);
    if (format_.wave && !begun_) {
      // The header of a wave file says its coding.
      begun_ = true;
      const std::vector<uint8_t> head(s.bytes.begin(), s.bytes.end());
      const auto u16 = [&](size_t at) { return head[at] | head[at + 1] << 8; };
      if (head.size() < 44 || std::memcmp(head.data(), "RIFF", 4) != 0) {
        s.failed = s.ended = true;
        return;
      }
      const int tag = u16(20);
      format_.data = tag == 6 ? kAlaw : tag == 7 ? kMulaw : kPcm;
      format_.rate = u16(24);
      format_.bits = u16(34);
      s.bytes.erase(s.bytes.begin(), s.bytes.begin() + 44);
    }
  }
}

bool Player::next(Frame& frame, bool& underrun) {
  fill();
  Stream& s = *stream_;
  const auto need = static_cast<size_t>(format_.bytesPerFrame());
  underrun = false;
  const bool more = !s.ended && at_ < transfers_.size();
  if (s.bytes.size() < need) {
    if (more) {
      underrun = played_ > 0;
      frame.fill(0);
      return true;
    }
    if (s.bytes.empty()) return false;
  }
  std::vector<uint8_t> piece(need, format_.data == kMulaw ? 0xFF : 0);
  const size_t count = std::min(need, s.bytes.size());
  std::copy_n(s.bytes.begin(), count, piece.begin());
  s.bytes.erase(s.bytes.begin(), s.bytes.begin() + static_cast<std::ptrdiff_t>(count));
  played_ += static_cast<long>(count);
  // Other rates than 8 kHz are held sample by sample.
  const size_t samples = static_cast<size_t>(format_.rate) / 50;
  for (size_t i = 0; i < frame.size(); ++i) frame[i] = decode(piece, i * samples / frame.size(), format_);
  return true;
}

Recorder::Recorder(Engine& engine, std::vector<Transfer> transfers, SoundFormat format, DxUio uio)
    : engine_(engine), transfers_(std::move(transfers)), format_(format), uio_(uio) {}

bool Recorder::frame(const Frame* frame) {
  static const Frame silence{};
  const Frame& sound = frame != nullptr ? *frame : silence;
  const auto samples = static_cast<size_t>(format_.rate) / 50;
  if (format_.data == kAdpcm) {
    stream_->bytes.insert(stream_->bytes.end(), static_cast<size_t>(format_.bytesPerFrame()), 0);
  } else {
    for (size_t i = 0; i < samples; ++i) encode(sound[i * sound.size() / samples], format_, stream_->bytes);
  }
  recorded_ += format_.bytesPerFrame();
  flush(false);
  const Transfer& t = transfers_.front();
  return !stream_->failed && (t.length < 0 || recorded_ < t.length);
}

void Recorder::flush(bool all) {
  Transfer& t = transfers_.front();
  const auto piece = static_cast<size_t>(engine_.settings.uioBytes);
  while (!stream_->bytes.empty() && (all || !t.user || stream_->bytes.size() >= piece)) {
    size_t count = t.user ? std::min(piece, stream_->bytes.size()) : stream_->bytes.size();
    if (t.length >= 0) count = std::min(count, static_cast<size_t>(t.length - t.done));
    if (count == 0) return stream_->bytes.clear();
    std::vector<char> bytes(stream_->bytes.begin(),
                            stream_->bytes.begin() + static_cast<std::ptrdiff_t>(count));
    stream_->bytes.erase(stream_->bytes.begin(), stream_->bytes.begin() + static_cast<std::ptrdiff_t>(count));
    t.done += static_cast<long>(count);
    if (t.user) {
      engine_.outside([stream = stream_, write = uio_.write, file = t.file, bytes = std::move(bytes),
                       &engine = engine_]() mutable {
        {
          const std::lock_guard lock(engine.mutex);
          if (stream->closed) return;
        }
        const int taken = write(file, bytes.data(), static_cast<unsigned>(bytes.size()));
        // The buffer is the library's; a pointer kept to it reads undefined bytes.
        std::fill(bytes.begin(), bytes.end(), static_cast<char>(0xDB));
        if (taken == static_cast<int>(bytes.size())) return;
        const std::lock_guard lock(engine.mutex);
        stream->failed = true;
      });
    } else if (t.memory) {
      std::memcpy(t.memoryAt + t.offset + t.done - static_cast<long>(count), bytes.data(), count);
    } else if (::write(t.file, bytes.data(), count) != static_cast<ssize_t>(count)) {
      stream_->failed = true;
    }
  }
}

void Recorder::finish(std::function<void()> then) {
  flush(true);
  engine_.outside([stream = stream_, then = std::move(then), &engine = engine_] {
    const std::lock_guard lock(engine.mutex);
    stream->closed = true;
    then();
  });
}

}  // namespace standin
