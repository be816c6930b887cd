#include "benchd/v1/sequence.grpc.pb.h"

#include "daemon/api/services.hpp"
#include "daemon/api/unary.hpp"

namespace benchd::api {
namespace {

class SequenceApi final : public v1::SequenceService::CallbackService {
 public:
  explicit SequenceApi(Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* CreateSequence(grpc::CallbackServerContext* context,
                                           const v1::CreateSequenceRequest* request,
                                           v1::CreateSequenceResponse* response) override {
    return answer(gate_, gate_.site().sequences, &site::Sequences::create_sequence, context,
                  request, response);
  }

  grpc::ServerUnaryReactor* GetSequence(grpc::CallbackServerContext* context,
                                        const v1::GetSequenceRequest* request,
                                        v1::GetSequenceResponse* response) override {
    return answer(gate_, gate_.site().sequences, &site::Sequences::get_sequence, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* ListSequences(grpc::CallbackServerContext* context,
                                          const v1::ListSequencesRequest* request,
                                          v1::ListSequencesResponse* response) override {
    return answer(gate_, gate_.site().sequences, &site::Sequences::list_sequences, context, request,
                  response);
  }

  grpc::ServerUnaryReactor* CheckSequence(grpc::CallbackServerContext* context,
                                          const v1::CheckSequenceRequest* request,
                                          v1::CheckSequenceResponse* response) override {
    return answer(gate_, gate_.site().sequences, &site::Sequences::check_sequence, context, request,
                  response);
  }

 private:
  Gate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_sequence_service(Gate& gate) {
  return std::make_unique<SequenceApi>(gate);
}

}  // namespace benchd::api
