// Exists so that tests can share one precompiled header; see cmake/test_pch.cmake.
