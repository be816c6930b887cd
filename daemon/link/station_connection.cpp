#include <algorithm>
#include <utility>

#include <asio/post.hpp>

#include "daemon/base/log.hpp"
#include "daemon/link/site_service.hpp"
#include "daemon/link/version.hpp"

namespace benchd::link::detail {

StationConnection::StationConnection(std::shared_ptr<Owner> owner, asio::any_io_executor strand)
    : owner_(std::move(owner)), strand_(std::move(strand)), stream_(Stream::make(strand_)) {}

grpc::ServerBidiReactor<v1::ControlRequest, v1::ControlResponse>* StationConnection::begin() {
  // The stream holds the connection, which holds the stream, until gRPC is done with it.
  stream_->begin({[self = shared_from_this()](auto&& message) {
                    self->on_message(std::forward<decltype(message)>(message));
                  },
                  [self = shared_from_this()] { self->on_end(); }});
  return stream_.get();
}

// Answers of the store may come when the station is gone already: then there is no stream.
template <typename Action>
void StationConnection::post(Action action) {
  asio::post(strand_, [self = shared_from_this(), action = std::move(action)]() mutable {
    if (self->stream_) action(*self);
  });
}

void StationConnection::send(v1::ControlResponse message) {
  post([message = std::move(message)](StationConnection& self) mutable {
    self.stream_->send(std::move(message));
  });
}

void StationConnection::end(const std::string& why) {
  post([why](StationConnection& self) {
    self.stream_->finish({grpc::StatusCode::UNAVAILABLE, why});
  });
}

void StationConnection::on_message(v1::ControlRequest&& message) {
  if (station_.empty() != message.has_hello()) {
    return stream_->finish({grpc::StatusCode::INVALID_ARGUMENT, "Hello is due first, and once"});
  }
  switch (message.message_case()) {
    case v1::ControlRequest::kHello:
      return on_hello(std::move(*message.mutable_hello()));
    case v1::ControlRequest::kEvent:
      on_event(std::move(*message.mutable_event()));
      break;
    case v1::ControlRequest::kResult:
      owner_->on_result(station_, std::move(*message.mutable_result()));
      break;
    case v1::ControlRequest::kStatus:
      owner_->observer().on_status(station_, std::move(*message.mutable_status()));
      break;
    case v1::ControlRequest::MESSAGE_NOT_SET:
      break;
  }
  stream_->want_more();
}

void StationConnection::on_hello(v1::Hello&& hello) {
  version_ = std::min(hello.newest_version(), kNewestVersion);
  if (version_ < std::max(hello.oldest_version(), kOldestVersion)) {
    return fail_with({Reason::PluginVersion,
                      "the station speaks link versions " + std::to_string(hello.oldest_version()) +
                          " to " + std::to_string(hello.newest_version()) +
                          "; install the same benchd on both ends",
                      {},
                      {}});
  }
  station_ = StationId{hello.station()};
  journal_id_ = hello.journal_id();
  owner_->observer().on_hello(hello, [self = shared_from_this()](Result<v1::Welcome> welcome) {
    self->post([welcome = std::move(welcome)](StationConnection& connection) mutable {
      connection.on_welcome(std::move(welcome));
    });
  });
}

void StationConnection::on_welcome(Result<v1::Welcome> welcome) {
  if (!welcome) return fail_with(welcome.error());
  welcomed_ = true;
  welcome->set_version(version_);
  v1::ControlResponse response;
  *response.mutable_welcome() = std::move(*welcome);
  stream_->send(std::move(response));
  owner_->on_connected(station_, shared_from_this());
  stream_->want_more();
}

void StationConnection::on_event(v1::Event&& event) {
  const auto number = event.number();
  owner_->observer().on_event(
      station_, journal_id_, std::move(event), [self = shared_from_this(), number](Status status) {
        self->post([number, status = std::move(status)](StationConnection& connection) {
          if (!status) return connection.fail_with(status.error());
          v1::ControlResponse response;
          response.mutable_event_ack()->set_journal_id(connection.journal_id_);
          response.mutable_event_ack()->set_number(number);
          connection.stream_->send(std::move(response));
        });
      });
}

void StationConnection::fail_with(const Error& error) {
  log::warn("station={} reason={} {}", station_.text(), wire_name(error.reason), error.message);
  stream_->finish({static_cast<grpc::StatusCode>(error.code()), error.to_string()});
}

void StationConnection::on_end() {
  if (welcomed_) owner_->on_ended(station_, *this);
  stream_ = nullptr;
}

}  // namespace benchd::link::detail
