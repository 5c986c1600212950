# headerkit: Python bindings from C headers, as CMake targets.
#
#   find_package(headerkit CONFIG REQUIRED)
#   headerkit_generate(...)          see headerkit-generate.cmake and headerkit-project.cmake
#   headerkit_add_cffi_module(...)   see headerkit-cffi-module.cmake
#
# The Python at hand is used (Python_EXECUTABLE, then Python3_EXECUTABLE): looking for one costs as much as a small build.

if(CMAKE_VERSION VERSION_LESS 3.21)
  set(headerkit_FOUND FALSE)
  set(headerkit_NOT_FOUND_MESSAGE "headerkit needs CMake 3.21 or newer; this is ${CMAKE_VERSION}.")
  return()
endif()

# Functions keep the policies that are set where they are defined.
cmake_policy(VERSION 3.21...4.1)

if(NOT Python_EXECUTABLE AND NOT Python3_EXECUTABLE)
  if(CMAKE_CROSSCOMPILING AND CMAKE_VERSION VERSION_GREATER_EQUAL 4.1) # policy CMP0190
    set(headerkit_FOUND FALSE)
    set(headerkit_NOT_FOUND_MESSAGE "cross-compiling: set Python_EXECUTABLE to a Python of this machine to run headerkit.")
    return()
  endif()
  include(CMakeFindDependencyMacro)
  find_dependency(Python 3.10 COMPONENTS Interpreter)
endif()

include("${CMAKE_CURRENT_LIST_DIR}/headerkit-arguments.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/headerkit-python.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/headerkit-generate.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/headerkit-project.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/headerkit-extension.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/headerkit-cffi-module.cmake")
