# The only ways to make a target: benchd_library, benchd_executable, benchd_plugin, benchd_test.
#
# All take the same lists. A name in DEPENDS or PRIVATE_DEPENDS is a module of ours (`model`) or an
# imported target (`asio::asio`, `yaml-cpp`). A module of ours must exist already, and
# daemon/CMakeLists.txt adds the folders lowest first: so a dependency upwards stops the configure
# step, and that is the whole layer rule.
#
# With BENCHD_TSAN a target that needs gRPC, directly or through another target, is left out and
# listed; code that touches a target afterwards asks `if(TARGET …)` first.

define_property(GLOBAL PROPERTY BENCHD_LEFT_OUT)

# Pairs that the order of folders alone would allow: station and site run in different processes,
# and a station neither plans nor stores.
set(BENCHD_FORBIDDEN_station site store scheduling)
set(BENCHD_FORBIDDEN_site station)

# Adds a folder that has a CMakeLists.txt. BENCHD_SKIP names folders to leave out.
function(benchd_add_folder FOLDER)
  if(FOLDER IN_LIST BENCHD_SKIP OR NOT EXISTS "${PROJECT_SOURCE_DIR}/${FOLDER}/CMakeLists.txt")
    return()
  endif()
  add_subdirectory("${PROJECT_SOURCE_DIR}/${FOLDER}" "${PROJECT_BINARY_DIR}/${FOLDER}")
endfunction()

# Adds every folder that matches a glob of CMakeLists.txt files, in alphabetical order.
function(benchd_add_folders OUT_NAMES)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND "${PROJECT_SOURCE_DIR}/")
  file(GLOB files RELATIVE "${PROJECT_SOURCE_DIR}" CONFIGURE_DEPENDS ${patterns})
  list(SORT files)
  set(names)
  foreach(file IN LISTS files)
    get_filename_component(folder "${file}" DIRECTORY)
    get_filename_component(name "${folder}" NAME)
    benchd_add_folder("${folder}")
    list(APPEND names "${name}")
  endforeach()
  set(${OUT_NAMES} "${names}" PARENT_SCOPE)
endfunction()

# Turns names into targets in OUT_TARGETS. Sets OUT_MISSING to why the target must be left out, or
# to nothing; stops the configure step where a name breaks the layer rule.
function(_benchd_resolve OUT_TARGETS OUT_MISSING FOR)
  get_property(left_out GLOBAL PROPERTY BENCHD_LEFT_OUT)
  get_property(layers GLOBAL PROPERTY BENCHD_LAYERS)
  set(targets)
  set(missing)
  foreach(name IN LISTS ARGN)
    if(name IN_LIST BENCHD_FORBIDDEN_${FOR})
      message(FATAL_ERROR "Layer rule: '${FOR}' must not depend on '${name}' (design: station and "
                          "site never use each other; station uses neither store nor scheduling).")
    elseif(TARGET benchd_${name})
      list(APPEND targets benchd::${name})
    elseif(TARGET ${name})
      list(APPEND targets ${name})
    elseif("benchd_${name}" IN_LIST left_out OR "${name}" IN_LIST left_out)
      set(missing "${name}")
    elseif(BENCHD_TSAN AND name MATCHES "^gRPC::")
      set(missing "${name}")
    elseif("daemon/${name}" IN_LIST BENCHD_SKIP)
      set(missing "${name}")
    else()
      message(
        FATAL_ERROR
          "Layer rule: '${FOR}' depends on '${name}', which does not exist yet. A module may only "
          "use modules listed before it in daemon/CMakeLists.txt; if '${name}' is a library that "
          "is not ours, find it in cmake/dependencies.cmake.")
    endif()
  endforeach()
  set(${OUT_TARGETS} "${targets}" PARENT_SCOPE)
  set(${OUT_MISSING} "${missing}" PARENT_SCOPE)
endfunction()

# Resolves DEPENDS and PRIVATE_DEPENDS of the caller's `arg_…`. Sets `left_out` in the caller.
macro(_benchd_resolve_all TARGET FOR)
  _benchd_resolve(public_targets missing_public ${FOR} ${arg_DEPENDS})
  _benchd_resolve(private_targets missing_private ${FOR} ${arg_PRIVATE_DEPENDS})
  set(left_out FALSE)
  if(missing_public OR missing_private)
    set(left_out TRUE)
    set_property(GLOBAL APPEND PROPERTY BENCHD_LEFT_OUT ${TARGET})
    message(STATUS "Left out: ${TARGET} (needs ${missing_public}${missing_private})")
  endif()
endmacro()

function(_benchd_check_arguments FUNCTION)
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${FUNCTION}: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_NAME)
    message(FATAL_ERROR "${FUNCTION}: NAME is missing")
  endif()
endfunction()

# benchd_library(NAME units SOURCES … HEADERS … DEPENDS … PRIVATE_DEPENDS … [HEADER_BASE include])
#
# Makes benchd_<NAME> and its alias benchd::<NAME>. Headers are included from the repository root,
# or from HEADER_BASE (relative to the folder) where a folder promises headers to others.
function(benchd_library)
  cmake_parse_arguments(arg "" "NAME;HEADER_BASE" "SOURCES;HEADERS;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  _benchd_check_arguments(benchd_library)
  set(target benchd_${arg_NAME})
  _benchd_resolve_all(${target} ${arg_NAME})
  if(left_out)
    return()
  endif()

  # Tables meant to be included several times (*.def) are no headers that compile alone.
  list(FILTER arg_HEADERS INCLUDE REGEX "\\.(h|hpp)$")
  set(base "${PROJECT_SOURCE_DIR}")
  if(arg_HEADER_BASE)
    set(base "${CMAKE_CURRENT_SOURCE_DIR}/${arg_HEADER_BASE}")
  endif()
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(
      ${target}
      PUBLIC ${public_targets}
      PRIVATE ${private_targets} benchd::warnings benchd::sanitizers)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
    target_link_libraries(${target} INTERFACE ${public_targets})
  endif()
  add_library(benchd::${arg_NAME} ALIAS ${target})
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS "${base}" FILES ${arg_HEADERS})
endfunction()

# benchd_executable(NAME benchctl SOURCES … DEPENDS …): a program bin/<NAME>, target <NAME>.
function(benchd_executable)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  _benchd_check_arguments(benchd_executable)
  _benchd_resolve_all(${arg_NAME} ${arg_NAME})
  if(left_out)
    return()
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${arg_NAME} PRIVATE ${public_targets} ${private_targets} benchd::warnings
                                            benchd::sanitizers)
  install(TARGETS ${arg_NAME} RUNTIME)
endfunction()

# benchd_plugin(NAME scpi SOURCES … HEADERS … DEPENDS …)
#
# Makes the library benchd_plugin_<NAME> for tests, and from the folder's main.cpp the program
# bin/benchd-plugin-<NAME>. DEPENDS gets plugin_sdk by itself.
function(benchd_plugin)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;HEADERS;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  _benchd_check_arguments(benchd_plugin)
  list(REMOVE_ITEM arg_SOURCES main.cpp)
  benchd_library(
    NAME plugin_${arg_NAME}
    SOURCES ${arg_SOURCES}
    HEADERS ${arg_HEADERS}
    DEPENDS plugin_sdk ${arg_DEPENDS}
    PRIVATE_DEPENDS ${arg_PRIVATE_DEPENDS})
  string(REPLACE "_" "-" program "benchd-plugin-${arg_NAME}")
  benchd_executable(NAME ${program} SOURCES main.cpp DEPENDS plugin_${arg_NAME})
endfunction()

# benchd_test(NAME unit_units SOURCES … DEPENDS … [LABELS …] [TIMEOUT s] [NO_PCH])
#
# A GoogleTest program whose tests ctest sees one by one, run from the repository root. The label is
# the level, the first folder under tests/ (`unit` elsewhere); LABELS adds to it. All share one
# precompiled header (cmake/test_pch.cmake) unless NO_PCH says that other compile options forbid it.
function(benchd_test)
  cmake_parse_arguments(arg "NO_PCH" "NAME;TIMEOUT" "SOURCES;DEPENDS;PRIVATE_DEPENDS;LABELS" ${ARGN})
  _benchd_check_arguments(benchd_test)
  if(NOT BUILD_TESTING)
    return()
  endif()
  set(target test_${arg_NAME})
  _benchd_resolve_all(${target} ${arg_NAME})
  if(left_out)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()

  add_executable(${target} ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${public_targets} ${private_targets} GTest::gmock_main
                                          GTest::gmock benchd::warnings benchd::sanitizers)
  if(NOT arg_NO_PCH)
    target_precompile_headers(${target} REUSE_FROM benchd_test_pch)
    target_compile_options(${target} PRIVATE ${BENCHD_PCH_OPTIONS})
  endif()

  set(level unit)
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  if(folder MATCHES "^tests/([a-z_]+)")
    set(level ${CMAKE_MATCH_1})
  endif()
  gtest_discover_tests(
    ${target}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    PROPERTIES LABELS "${level}" TIMEOUT ${arg_TIMEOUT})
  if(arg_LABELS)
    # gtest_discover_tests cannot pass a list; ctest reads this after its list of tests.
    set(labels_file "${CMAKE_CURRENT_BINARY_DIR}/${target}_labels.cmake")
    file(WRITE "${labels_file}" "foreach(test IN LISTS ${target}_TESTS)\n"
         "  set_tests_properties(\"\${test}\" PROPERTIES LABELS \"${level};${arg_LABELS}\")\n"
         "endforeach()\n")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels_file}")
  endif()
endfunction()
