# Interface targets for our own code only. Nothing here reaches generated code or dependencies.

add_library(benchd_warnings INTERFACE)
add_library(benchd::warnings ALIAS benchd_warnings)
target_compile_options(
  benchd_warnings
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wimplicit-fallthrough
            # Designated initializers leave fields at their defaults on purpose.
            -Wno-missing-field-initializers
            # False positives of g++ 12 in std::string (GCC bug 105329) and in expected types.
            $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
            $<$<CXX_COMPILER_ID:GNU>:-Wno-error=maybe-uninitialized>
            $<$<BOOL:${BENCHD_WERROR}>:-Werror>)

add_library(benchd_sanitizers INTERFACE)
add_library(benchd::sanitizers ALIAS benchd_sanitizers)
if(BENCHD_ASAN AND BENCHD_TSAN)
  message(FATAL_ERROR "BENCHD_ASAN and BENCHD_TSAN cannot be used in one build.")
elseif(BENCHD_ASAN)
  set(flags -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif(BENCHD_TSAN)
  # g++ warns about fences, which Asio uses in a way that the sanitizer sees well enough.
  set(flags -fsanitize=thread -fno-omit-frame-pointer $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
endif()
if(BENCHD_ASAN OR BENCHD_TSAN)
  target_compile_options(benchd_sanitizers INTERFACE ${flags})
  target_link_options(benchd_sanitizers INTERFACE ${flags})
endif()
