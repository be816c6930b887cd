# What makes the build faster and changes nothing else: ccache and a quick linker, where present.

find_program(BENCHD_CCACHE ccache)
if(BENCHD_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${BENCHD_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${BENCHD_CCACHE}")
endif()

find_program(BENCHD_LLD ld.lld)
find_program(BENCHD_GOLD ld.gold)
if(BENCHD_LLD)
  add_link_options(-fuse-ld=lld)
elseif(BENCHD_GOLD)
  add_link_options(-fuse-ld=gold)
endif()
# Without this every process would load each library that a static library of ours may need.
add_link_options(-Wl,--as-needed)
