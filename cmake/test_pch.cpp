// Exists so that tests can share one precompiled header; see cmake/benchd_targets.cmake.
