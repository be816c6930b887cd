# Every library that is not ours, found once, each as a target. All come from the distribution;
# deploy/install-deps installs them.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Protobuf REQUIRED)
if(NOT BENCHD_TSAN)
  find_package(gRPC CONFIG REQUIRED)
endif()
find_program(BENCHD_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(tl-expected CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(date CONFIG REQUIRED)

# Makes the imported target TARGET from a pkg-config module.
function(benchd_pkg_config_target TARGET MODULE)
  string(MAKE_C_IDENTIFIER "${MODULE}" prefix)
  pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET GLOBAL ${MODULE})
  add_library(${TARGET} ALIAS PkgConfig::${prefix})
endfunction()

benchd_pkg_config_target(curl::curl libcurl)
benchd_pkg_config_target(libical::libical libical)
benchd_pkg_config_target(modbus::modbus libmodbus)
benchd_pkg_config_target(sodium::sodium libsodium)
benchd_pkg_config_target(systemd::systemd libsystemd)
benchd_pkg_config_target(zstd::zstd libzstd)

# The distribution has Asio's headers without a CMake or pkg-config file. Its bodies are compiled
# here once instead of in every file that includes it.
add_library(benchd_asio STATIC "${PROJECT_SOURCE_DIR}/cmake/asio.cpp")
add_library(asio::asio ALIAS benchd_asio)
# Its aligned allocation is released with the wrong function where handlers are recycled, which the
# address sanitizer reports.
target_compile_definitions(
  benchd_asio PUBLIC ASIO_STANDALONE ASIO_SEPARATE_COMPILATION ASIO_NO_DEPRECATED
                     ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(
  benchd_asio
  PUBLIC Threads::Threads
  PRIVATE $<BUILD_INTERFACE:benchd::sanitizers>)

if(BUILD_TESTING)
  find_package(GTest CONFIG REQUIRED)
  include(GoogleTest)
  find_package(benchmark CONFIG REQUIRED)
  # Judges our unit table in tests; never part of the product.
  benchd_pkg_config_target(udunits2::udunits2 udunits)
endif()
