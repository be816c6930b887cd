// Brings sealed segments to the site, one after the other, on a thread of its own. Private to
// link.
//
// What is to be sent is what lies on the disk: <recordings>/<run>/<index>.seg. An acknowledged
// segment is renamed to .sent, and the folder of a run goes when its last segment is sent.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "benchd/link/v1/link.grpc.pb.h"

#include "daemon/base/result.hpp"

namespace benchd::link::detail {

class Uploader {
 public:
  Uploader(std::filesystem::path recordings, std::shared_ptr<grpc::Channel> channel);
  ~Uploader();
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;

  // Breaks off what is under way and ends the thread. Called by the destructor.
  void close();

  // There is something new, or the site is there again. Safe from any thread.
  void wake();

 private:
  void run();
  // False when the site could not be reached or refused: try again later.
  [[nodiscard]] bool upload_all();
  [[nodiscard]] Status upload(const std::filesystem::path& segment);
  [[nodiscard]] bool ending();

  const std::filesystem::path recordings_;
  const std::unique_ptr<v1::LinkService::Stub> stub_;

  std::mutex mutex_;  // a leaf; guards what follows
  std::condition_variable changed_;
  bool woken_ = false;
  bool ending_ = false;
  grpc::ClientContext* active_ = nullptr;  // to be cancelled at the end

  std::thread thread_;
};

}  // namespace benchd::link::detail
