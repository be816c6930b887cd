// The least that a process with gRPC can be: an empty server on a Unix socket. Says "ready" when
// it serves and ends when its input does.
#include <cstdio>
#include <grpcpp/grpcpp.h>
#include <string>

#include "grpc/health/v1/health.grpc.pb.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  grpc::health::v1::Health::Service service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + std::string{argv[1]}, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::puts("ready");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
