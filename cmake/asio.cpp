// The compiled half of Asio; see cmake/dependencies.cmake.
#include <asio/impl/src.hpp>
