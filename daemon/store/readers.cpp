#include "daemon/store/readers.hpp"

#include "daemon/base/log.hpp"

namespace benchd::store::detail {

const char* const Readers::kBegin = "BEGIN";
const char* const Readers::kEnd = "COMMIT";

Readers::Readers(std::vector<std::unique_ptr<Database>> connections)
    : connections_(std::move(connections)) {
  for (auto& connection : connections_) {
    threads_.emplace_back([this, &database = *connection] { loop(database); });
  }
}

Readers::~Readers() { stop(); }

void Readers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  connections_.clear();
}

void Readers::push(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      queue_.push_back(std::move(task));
      wake_.notify_one();
      return;
    }
  }
  task.refuse({Reason::Unavailable, "The store is closed.", {}, {}});
}

void Readers::loop(Database& database) {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    task.run(database);
    lock.lock();
  }
}

void Readers::end_after_failure(Database& database) {
  try {
    if (database.in_transaction()) database.execute("ROLLBACK");
  } catch (const SqliteFailure& failure) {
    log::warn("store: end of a question failed code={} ({})", failure.code(), failure.what());
  }
}

}  // namespace benchd::store::detail
