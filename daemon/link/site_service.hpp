// The gRPC service behind SiteLink. Private to link.
#pragma once

#include <grpcpp/grpcpp.h>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include <asio/any_io_executor.hpp>
#include <asio/thread_pool.hpp>

#include "benchd/link/v1/link.grpc.pb.h"

#include "daemon/link/segment_intake.hpp"
#include "daemon/link/server_stream.hpp"
#include "daemon/link/site_link.hpp"

namespace benchd::link::detail {

// One station's Control call, from Hello to its end. All state on one strand.
class StationConnection : public std::enable_shared_from_this<StationConnection> {
 public:
  using Stream = ServerBidi<v1::ControlRequest, v1::ControlResponse>;
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_connected(const StationId& station,
                              const std::shared_ptr<StationConnection>& connection) = 0;
    virtual void on_result(const StationId& station, v1::CommandResult result) = 0;
    virtual void on_ended(const StationId& station, const StationConnection& connection) = 0;
    [[nodiscard]] virtual SiteLinkObserver& observer() = 0;
  };

  StationConnection(std::shared_ptr<Owner> owner, asio::any_io_executor strand);
  grpc::ServerBidiReactor<v1::ControlRequest, v1::ControlResponse>* begin();

  // Safe from any thread.
  void send(v1::ControlResponse message);
  void end(const std::string& why);

 private:
  template <typename Action>
  void post(Action action);
  void on_message(v1::ControlRequest&& message);
  void on_hello(v1::Hello&& hello);
  void on_welcome(Result<v1::Welcome> welcome);
  void on_event(v1::Event&& event);
  void fail_with(const Error& error);
  void on_end();

  std::shared_ptr<Owner> owner_;
  asio::any_io_executor strand_;
  std::shared_ptr<Stream> stream_;
  StationId station_;
  std::string journal_id_;
  std::int32_t version_ = 0;
  bool welcomed_ = false;
};

// Receives the segments of one Upload call. All state on one strand of the disk pool.
class UploadCall : public std::enable_shared_from_this<UploadCall> {
 public:
  UploadCall(SiteLinkObserver& observer,
             std::filesystem::path segments,
             asio::any_io_executor disk);
  grpc::ServerBidiReactor<v1::UploadRequest, v1::UploadResponse>* begin();
  void end(const std::string& why);

 private:
  using Stream = ServerBidi<v1::UploadRequest, v1::UploadResponse>;
  void on_message(v1::UploadRequest&& message);
  void on_header(v1::SegmentHeader header);
  void after_offered(v1::SegmentHeader header, const Status& wanted);
  void on_chunk(const std::string& chunk);
  void on_whole();
  void answer(const Status& status);
  template <typename Action>
  void post(Action action);

  SiteLinkObserver& observer_;
  std::filesystem::path segments_;
  asio::any_io_executor strand_;
  std::shared_ptr<Stream> stream_;
  std::unique_ptr<SegmentIntake> intake_;
  v1::SegmentHeader header_;
  bool skipping_ = false;  // the rest of a segment that is there already, or not wanted
};

}  // namespace benchd::link::detail
