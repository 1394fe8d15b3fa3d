#include "board/drivers.h"

#include <exception>
#include <type_traits>
#include <utility>

namespace board {
namespace {

template <typename Config, typename Row, typename... Rest>
constexpr auto rowOf(DriverTable<Row, Rest...>) {
  if constexpr (std::is_same_v<Config, typename Row::Config>) {
    return Row{};
  } else {
    return rowOf<Config>(DriverTable<Rest...>{});
  }
}

template <typename Config>
using RowOf = decltype(rowOf<std::remove_cvref_t<Config>>(Drivers{}));

}  // namespace

MadeBoard makeBoard(DriverConfig config) {
  return std::visit(
      [](auto&& each) { return RowOf<decltype(each)>::make(std::forward<decltype(each)>(each)); },
      std::move(config));
}

std::string checkBoardHost(const DriverConfig& config) {
  return std::visit([](const auto& each) { return RowOf<decltype(each)>::checkBoardHost(each); }, config);
}

bool isSimulated(const DriverConfig& config) {
  return std::visit([](const auto& each) { return RowOf<decltype(each)>::kSimulated; }, config);
}

BoardClock clockOf(const DriverConfig& config) {
  return std::visit([](const auto& each) { return RowOf<decltype(each)>::clock(each); }, config);
}

void openBoard(const MadeBoard& made, EventSink& sink) {
  try {
    made.board->open(sink);
  } catch (const OpenError&) {
    throw;
  } catch (const std::exception& error) {
    throw OpenError(made.openFailure, error.what());
  }
}

}  // namespace board
