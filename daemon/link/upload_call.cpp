#include <utility>

#include <asio/post.hpp>

#include "daemon/link/segment_intake.hpp"
#include "daemon/link/site_service.hpp"

namespace benchd::link::detail {

UploadCall::UploadCall(SiteLinkObserver& observer,
                       std::filesystem::path segments,
                       asio::any_io_executor disk)
    : observer_(observer),
      segments_(std::move(segments)),
      strand_(std::move(disk)),
      stream_(Stream::make(strand_)) {}

grpc::ServerBidiReactor<v1::UploadRequest, v1::UploadResponse>* UploadCall::begin() {
  stream_->begin({[self = shared_from_this()](auto&& message) {
                    self->on_message(std::forward<decltype(message)>(message));
                  },
                  [self = shared_from_this()] {
                    self->intake_ = nullptr;
                    self->stream_ = nullptr;
                  }});
  return stream_.get();
}

template <typename Action>
void UploadCall::post(Action action) {
  asio::post(strand_, [self = shared_from_this(), action = std::move(action)]() mutable {
    if (self->stream_) action(*self);
  });
}

void UploadCall::end(const std::string& why) {
  post([why](UploadCall& self) { self.stream_->finish({grpc::StatusCode::UNAVAILABLE, why}); });
}

void UploadCall::on_message(v1::UploadRequest&& message) {
  if (message.has_header()) return on_header(std::move(*message.mutable_header()));
  on_chunk(message.chunk());
}

void UploadCall::on_header(v1::SegmentHeader header) {
  intake_ = nullptr;
  header_ = header;
  if (auto checked = check_header(header); !checked) return answer(checked);
  observer_.on_segment_offered(header, [self = shared_from_this(), header](Status wanted) {
    self->post([header, wanted = std::move(wanted)](UploadCall& call) {
      call.after_offered(header, wanted);
    });
  });
}

void UploadCall::after_offered(v1::SegmentHeader header, const Status& wanted) {
  if (!wanted) return answer(wanted);
  intake_ = std::make_unique<SegmentIntake>(segments_, std::move(header));
  skipping_ = false;
  if (intake_->already_stored()) return on_whole();
  stream_->want_more();
}

void UploadCall::on_chunk(const std::string& chunk) {
  if (skipping_) return stream_->want_more();
  if (!intake_) return answer(fail(Reason::InvalidArgument, "a segment begins with its head"));
  if (auto added = intake_->add(chunk); !added) return answer(added);
  if (!intake_->whole()) return stream_->want_more();
  if (auto stored = intake_->store(); !stored) return answer(stored);
  on_whole();
}

void UploadCall::on_whole() {
  const StoredSegment segment{intake_->header(), intake_->path()};
  observer_.on_segment_stored(segment, [self = shared_from_this()](Status status) {
    self->post([status = std::move(status)](UploadCall& call) { call.answer(status); });
  });
}

void UploadCall::answer(const Status& status) {
  v1::UploadResponse response;
  response.set_run(header_.run());
  response.set_index(header_.index());
  response.set_stored(status.has_value());
  if (!status) {
    response.set_reason(std::string{wire_name(status.error().reason)});
    response.set_message(status.error().message);
  }
  intake_ = nullptr;
  skipping_ = true;
  stream_->send(std::move(response));
  stream_->want_more();
}

}  // namespace benchd::link::detail
