// The functions that libsrl.so exports.
#include <algorithm>
#include <cstring>

#include "standin/engine/engine.h"
#include "standin/engine/world.h"
#include "standin/voice/voice_channel.h"
#include "standin/voice/voice_numbers.h"

using namespace standin;

namespace {

constexpr int kSrlDevice = 0;
constexpr int kModeId = 2, kModelType = 5, kUserContext = 6;

int& srlError() {
  static int error = 0;
  return error;
}

long srlFail(int error) {
  srlError() = error;
  return -1;
}

// The event the thread took last; nullptr: none.
Event* current(Entry& entry) {
  static_cast<void>(entry);
  ThreadState& state = engine().thread();
  return state.haveEvent ? &state.event : nullptr;
}

}  // namespace

VENDOR_API vlong sr_setparm(vlong device, vlong parm, void* value) {
  Entry entry("sr_setparm");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (value == nullptr) return srlFail(ESR_NULL_DATAP);
  if (parm == kUserContext) {
    Opened* opened = entry.device(device);
    if (opened == nullptr) return srlFail(ESR_BADDEV);
    opened->context = value;
    return 0;
  }
  if (device != kSrlDevice) return srlFail(ESR_BADDEV);
  const int number = *static_cast<int*>(value);
  if (parm == kModeId) {
    if (number != 0 && number != 1) return srlFail(ESR_BADPARM);
    Engine& e = engine();
    if (!e.handles().empty() || !e.handlers.empty())
      e.misuse.count("mode_after_open", "sr_setparm(SR_MODEID) after the first open or handler");
    if (number == 1) return srlFail(ESR_NOTIMP);  // by signals
    e.pollMode = true;
    return 0;
  }
  if (parm == kModelType) return number >= 0 && number <= 2 ? 0 : srlFail(ESR_BADPARM);
  return parm >= 1 && parm <= 9 ? 0 : srlFail(ESR_PARMID);
}

VENDOR_API vlong sr_getparm(vlong device, vlong parm, void* value) {
  Entry entry("sr_getparm");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (value == nullptr) return srlFail(ESR_NULL_DATAP);
  if (device != kSrlDevice) return srlFail(ESR_BADDEV);
  if (parm != kModeId && parm != kModelType) return srlFail(ESR_PARMID);
  *static_cast<int*>(value) = 0;
  return 0;
}

VENDOR_API vlong sr_enbhdlr(vlong device, vulong event, EventHandler handler) {
  Entry entry("sr_enbhdlr");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (handler == nullptr) return srlFail(ESR_BADPARM);
  if (!engine().pollMode)
    engine().misuse.count("poll_mode_not_set", "sr_enbhdlr before sr_setparm(SR_MODEID)");
  if (device != -1 && device != kSrlDevice && entry.device(device) == nullptr) return srlFail(ESR_BADDEV);
  engine().handlers.push_back({device, event, handler});
  return 0;
}

VENDOR_API vlong sr_dishdlr(vlong device, vulong event, EventHandler handler) {
  Entry entry("sr_dishdlr");
  if (!entry.ready()) return srlFail(ESR_SYS);
  const size_t gone = std::erase_if(engine().handlers, [&](const Engine::Handler& h) {
    return h.dev == device && h.event == event && h.act == handler;
  });
  return gone > 0 ? 0 : srlFail(ESR_NOHDLR);
}

VENDOR_API vlong sr_waitevt(vlong timeout) {
  Entry entry("sr_waitevt");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (engine().thread().inHandler) {
    engine().misuse.count("wait_in_handler", "sr_waitevt");
    return srlFail(ESR_SCAN);
  }
  const long length = engine().wait(entry.lock, nullptr, static_cast<double>(timeout), 'a');
  if (length < 0) return srlFail(ESR_TMOUT);
  return length;
}

VENDOR_API vlong sr_waitevtEx(vlong* handles, int count, vlong timeout, vlong* eventHandle) {
  Entry entry("sr_waitevtEx");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (handles == nullptr || count < 1 || eventHandle == nullptr) return srlFail(ESR_BADPARM);
  std::vector<int> devices;
  for (int i = 0; i < count; ++i) {
    if (handles[i] != kSrlDevice && entry.device(handles[i]) == nullptr) return srlFail(ESR_BADDEV);
    devices.push_back(static_cast<int>(handles[i]));
  }
  const long length = engine().wait(entry.lock, &devices, static_cast<double>(timeout), 'x');
  if (length < 0) return srlFail(ESR_TMOUT);
  *eventHandle = 1;
  return length;
}

namespace {

thread_local std::vector<int> group;
thread_local bool grouped = false;

int addToGroup(Entry& entry, const vlong* handles, int count) {
  for (int i = 0; i < count; ++i) {
    if (entry.device(handles[i]) == nullptr) return static_cast<int>(srlFail(ESR_BADDEV));
    group.push_back(static_cast<int>(handles[i]));
  }
  return 0;
}

}  // namespace

VENDOR_API int sr_CreateThreadDeviceGroup(vlong* handles, int count) {
  Entry entry("sr_CreateThreadDeviceGroup");
  if (!entry.ready()) return static_cast<int>(srlFail(ESR_SYS));
  if (grouped) return static_cast<int>(srlFail(ESR_THREAD_DEVICE_GROUP_EXISTS));
  if (handles == nullptr || count < 1) return static_cast<int>(srlFail(ESR_BADPARM));
  group.clear();
  grouped = addToGroup(entry, handles, count) == 0;
  return grouped ? 0 : -1;
}

VENDOR_API int sr_AddtoThreadDeviceGroup(vlong* handles, int count) {
  Entry entry("sr_AddtoThreadDeviceGroup");
  if (!grouped) return static_cast<int>(srlFail(ESR_THREAD_DEVICE_GROUP_NO_GROUP_DEFINED));
  return handles != nullptr ? addToGroup(entry, handles, count) : static_cast<int>(srlFail(ESR_BADPARM));
}

VENDOR_API int sr_RemoveFromThreadDeviceGroup(vlong* handles, int count) {
  Entry entry("sr_RemoveFromThreadDeviceGroup");
  if (!grouped) return static_cast<int>(srlFail(ESR_THREAD_DEVICE_GROUP_NO_GROUP_DEFINED));
  for (int i = 0; handles != nullptr && i < count; ++i) std::erase(group, static_cast<int>(handles[i]));
  return 0;
}

VENDOR_API int sr_DeleteThreadDeviceGroup(void) {
  Entry entry("sr_DeleteThreadDeviceGroup");
  if (!grouped) return static_cast<int>(srlFail(ESR_THREAD_DEVICE_GROUP_NO_GROUP_DEFINED));
  grouped = false;
  group.clear();
  return 0;
}

VENDOR_API int sr_WaitThreadDeviceGroup(vlong timeout) {
  Entry entry("sr_WaitThreadDeviceGroup");
  if (!entry.ready()) return static_cast<int>(srlFail(ESR_SYS));
  if (!grouped) return static_cast<int>(srlFail(ESR_THREAD_DEVICE_GROUP_NO_GROUP_DEFINED));
  const std::vector<int> devices = group;
  const long length = engine().wait(entry.lock, &devices, static_cast<double>(timeout), 'x');
  return static_cast<int>(length < 0 ? srlFail(ESR_TMOUT) : length);
}

VENDOR_API vlong sr_getevtdev(vulong) {
  Entry entry("sr_getevtdev");
  const Event* event = current(entry);
  return event != nullptr ? event->dev : -1;
}

VENDOR_API vlong sr_getevttype(vulong) {
  Entry entry("sr_getevttype");
  const Event* event = current(entry);
  return event != nullptr ? static_cast<vlong>(event->type) : -1;
}

VENDOR_API vlong sr_getevtlen(vulong) {
  Entry entry("sr_getevtlen");
  const Event* event = current(entry);
  return event != nullptr ? static_cast<vlong>(event->data.size()) : -1;
}

VENDOR_API void* sr_getevtdatap(vulong) {
  Entry entry("sr_getevtdatap");
  Event* event = current(entry);
  return event != nullptr && !event->data.empty() ? event->data.data() : nullptr;
}

VENDOR_API void* sr_getUserContext(vulong) {
  Entry entry("sr_getUserContext");
  const Event* event = current(entry);
  if (event == nullptr) return nullptr;
  Opened* device = engine().find(event->dev);
  return device != nullptr ? device->context : nullptr;
}

VENDOR_API vlong sr_getboardcnt(char* wanted, int* count) {
  Entry entry("sr_getboardcnt");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (wanted == nullptr || count == nullptr) return srlFail(ESR_NULL_DATAP);
  const std::pair<const char*, const char*> classes[] = {{"Voice", "dxxxB"}, {"DTI", "dtiB"},
                                                         {"IPT", "iptB"},    {"IPM", "ipmB"},
                                                         {"MSI", "msiB"},    {"DCB", "dcbB"}};
  for (const auto& [name, prefix] : classes) {
    if (std::strcmp(name, wanted) != 0) continue;
    *count = 0;
    for (const auto& board : engine().world->boards()) *count += board.first.starts_with(prefix) ? 1 : 0;
    return 0;
  }
  return srlFail(ESR_BADPARM);
}

// From any thread: it is how a waiting one is woken.
VENDOR_API vlong sr_putevt(vlong device, vulong type, vlong length, void* data, vlong error) {
  Entry entry("sr_putevt");
  --engine().thread().callsSinceWait;
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (length < 0 || (length > 0 && data == nullptr)) return srlFail(ESR_BADPARM);
  if (device != kSrlDevice && engine().find(device) == nullptr) return srlFail(ESR_BADDEV);
  Event event{.dev = static_cast<int>(device), .type = static_cast<unsigned>(type)};
  const auto* bytes = static_cast<const uint8_t*>(data);
  if (length > 0) event.data.assign(bytes, bytes + length);
  event.error = error;
  engine().put(std::move(event));
  return 0;
}

VENDOR_API vlong sr_hold(void) {
  Entry entry("sr_hold");
  return srlFail(ESR_MODE);
}

VENDOR_API vlong sr_release(void) {
  Entry entry("sr_release");
  return srlFail(ESR_MODE);
}

VENDOR_API vlong ATDV_LASTERR(vlong device) {
  Entry entry("ATDV_LASTERR");
  if (device == kSrlDevice) return srlError();
  const Opened* opened = entry.device(device);
  return opened != nullptr ? opened->lastError : EDX_BADDEV;
}

VENDOR_API char* ATDV_ERRMSGP(vlong device) {
  static char texts[][40] = {"No error",    "System error",    "Firmware error", "Timeout",
                             "Bad DX_IOTT", "Bad DV_TPT",      "Bad parameter",  "Bad device",
                             "Bad product", "Channel is busy", "Channel is idle"};
  static char other[] = "Error";
  Entry entry("ATDV_ERRMSGP");
  if (device == kSrlDevice) return srlError() == 0 ? texts[0] : other;
  const Opened* opened = entry.device(device);
  const size_t error = static_cast<size_t>(opened != nullptr ? opened->lastError : EDX_BADDEV);
  return error < std::size(texts) ? texts[error] : other;
}

VENDOR_API char* ATDV_NAMEP(vlong device) {
  Entry entry("ATDV_NAMEP");
  Opened* opened = entry.device(device);
  return opened != nullptr ? opened->name.data() : nullptr;
}

VENDOR_API vlong ATDV_SUBDEVS(vlong device) {
  Entry entry("ATDV_SUBDEVS");
  const Opened* opened = entry.device(device);
  return opened != nullptr ? opened->subdevices : -1;
}

VENDOR_API vlong ATDV_IOPORT(vlong device) {
  Entry entry("ATDV_IOPORT");
  return entry.device(device) != nullptr ? 0 : -1;
}

VENDOR_API vlong ATDV_IRQNUM(vlong device) {
  Entry entry("ATDV_IRQNUM");
  return entry.device(device) != nullptr ? 0 : -1;
}

// ---- device mapper

VENDOR_API vlong SRLGetAllPhysicalBoards(int* count, vlong* ids) {
  Entry entry("SRLGetAllPhysicalBoards");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (count == nullptr) return srlFail(ESR_NULL_DATAP);
  const int have = static_cast<int>(engine().world->physical().size());
  const int room = *count;
  *count = have;
  if (ids == nullptr || room < have) return srlFail(ESR_INSUFBUF);
  for (int i = 0; i < have; ++i) ids[i] = i + 1;
  return 0;
}

VENDOR_API vlong SRLGetPhysicalBoardName(vlong board, int* length, char* name) {
  Entry entry("SRLGetPhysicalBoardName");
  if (!entry.ready()) return srlFail(ESR_SYS);
  const auto& boards = engine().world->physical();
  if (length == nullptr) return srlFail(ESR_NULL_DATAP);
  if (board < 1 || static_cast<size_t>(board) > boards.size()) return srlFail(ESR_BADPARM);
  const std::string& text = boards[static_cast<size_t>(board) - 1];
  const int room = *length;
  *length = static_cast<int>(text.size()) + 1;
  if (name == nullptr || room < *length) return srlFail(ESR_INSUFBUF);
  std::memcpy(name, text.c_str(), text.size() + 1);
  return 0;
}

namespace {

// Types of the mapper by the beginning of a name: board, device.
constexpr struct {
  const char* prefix;
  int board, device;
} kTypes[] = {{"dxxxB", 501, 502}, {"dtiB", 503, 504}, {"iptB", 525, 526}, {"ipmB", 527, 528}};

vlong listDevices(const std::vector<std::string>& names, bool boards, int* count, DeviceInfo* into) {
  const int have = static_cast<int>(names.size());
  const int room = *count;
  *count = have;
  if (into == nullptr || room < have) return srlFail(ESR_INSUFBUF);
  for (int i = 0; i < have; ++i) {
    const std::string& name = names[static_cast<size_t>(i)];
    into[i] = DeviceInfo{};
    std::strncpy(into[i].name, name.c_str(), sizeof into[i].name - 1);
    for (const auto& type : kTypes) {
      if (name.starts_with(type.prefix)) into[i].type = boards ? type.board : type.device;
    }
  }
  return 0;
}

}  // namespace

VENDOR_API vlong SRLGetVirtualBoardsOnPhysicalBoard(vlong board, int* count, DeviceInfo* into) {
  Entry entry("SRLGetVirtualBoardsOnPhysicalBoard");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (count == nullptr) return srlFail(ESR_NULL_DATAP);
  if (board < 1 || static_cast<size_t>(board) > engine().world->physical().size())
    return srlFail(ESR_BADPARM);
  return listDevices(engine().world->virtualBoards(static_cast<int>(board) - 1), true, count, into);
}

VENDOR_API vlong SRLGetSubDevicesOnVirtualBoard(char* board, int* count, DeviceInfo* into) {
  Entry entry("SRLGetSubDevicesOnVirtualBoard");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (board == nullptr || count == nullptr) return srlFail(ESR_NULL_DATAP);
  const auto* devices = engine().world->subdevices(board);
  if (devices == nullptr) return srlFail(ESR_BADPARM);
  return listDevices(*devices, false, count, into);
}

VENDOR_API vlong SRLGetJackForR4Device(char* device, int* jack) {
  Entry entry("SRLGetJackForR4Device");
  if (!entry.ready()) return srlFail(ESR_SYS);
  if (device == nullptr || jack == nullptr) return srlFail(ESR_NULL_DATAP);
  const char* digits = device + std::strlen(device);
  while (digits > device && digits[-1] >= '0' && digits[-1] <= '9') --digits;
  *jack = std::atoi(digits);
  return 0;
}
