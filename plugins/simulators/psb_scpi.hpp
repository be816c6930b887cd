// The SCPI interface of the PSB 10060-60 (TCP, one program message per line, LF ends it).
//
// One status model and one error queue for the interface, as in the instrument. Reading the queue
// acknowledges alarms whose cause is gone. Setting needs the remote lock, else -201.
//
// Confined to: the simulator's thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/simulators/endpoint.hpp"
#include "plugins/simulators/psb_supply.hpp"
#include "plugins/simulators/scpi_parser.hpp"
#include "plugins/simulators/scpi_status.hpp"

namespace benchd::simulators {

class PsbScpi final : public Endpoint {
 public:
  static constexpr std::size_t kLongestLine = 1024;

  explicit PsbScpi(PsbSupply& supply);
  PsbScpi(const PsbScpi&) = delete;
  PsbScpi& operator=(const PsbScpi&) = delete;

  std::optional<std::string> take_message(std::string& buffer) override;
  std::string handle(ConnectionId connection, const std::string& line) override;
  std::string refuse(const std::string& line, const Fault& fault) override;
  void on_closed(ConnectionId connection) override { supply_.release_if_held(connection); }

 private:
  using Query = std::function<std::string()>;
  using Set = std::function<int(const std::string& parameter)>;  // the SCPI error, 0 for none
  enum class Lock { Needed, NotNeeded };

  struct Row {
    std::string_view pattern;
    Query query;  // empty: there is no query form
    Set set;      // empty: there is no set form
    bool takes_parameter;
    Lock lock;
  };

  // A condition register, with what happened since it was last asked for.
  struct Events {
    unsigned condition = 0;
    unsigned event = 0;
    unsigned enable = 0;
    void update(unsigned now);
    std::string take();
    [[nodiscard]] bool summary() const { return (event & enable) != 0; }
  };

  struct Value;
  void add(std::string_view pattern, Query query);
  void add(std::string_view pattern, Query query, Set set, Lock lock, bool takes_parameter = true);
  void add_value(std::string_view pattern, const Value& value);
  void add_common();
  void add_system();
  void add_settings();
  void add_limits();
  void add_measurements();
  void add_status();
  void add_events(const std::string& node, Events& events);

  [[nodiscard]] const Row* find(const std::string& header) const;
  std::string carry_out(const ScpiCommand& command, const std::string& header);
  void carry_out_set(const Row& row, const ScpiCommand& command);
  void refresh();

  PsbSupply& supply_;
  ScpiStatus status_;
  Events questionable_;
  Events operation_;
  std::vector<Row> rows_;
  std::vector<std::string> patterns_;  // made at start, kept for rows_
  ConnectionId connection_ = 0;        // whose line is being carried out
};

}  // namespace benchd::simulators
