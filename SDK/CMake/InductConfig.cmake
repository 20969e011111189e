# SPDX-License-Identifier: Apache-2.0
#
# CMake package of the plugin interface of Induct:
#
#   find_package(Induct REQUIRED)
#   add_library(my-source MODULE my-source.c)
#   target_link_libraries(my-source PRIVATE induct::sdk)      # headers for C11 and C++17
#   induct_plugin(my-source)                                   # my-source.so, which exports the entry alone

# Beside the SDK, in the sources or in share/induct; else in lib/cmake of an installation.
get_filename_component(INDUCT_SDK "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
if(NOT EXISTS "${INDUCT_SDK}/C/plugin.version")
    get_filename_component(INDUCT_SDK "${CMAKE_CURRENT_LIST_DIR}/../../../share/induct/SDK" ABSOLUTE)
endif()

if(NOT TARGET induct::sdk)
    add_library(induct::sdk INTERFACE IMPORTED)
    set_target_properties(induct::sdk PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${INDUCT_SDK}/C/include;${INDUCT_SDK}/Cpp/include")
endif()

function(induct_plugin target)
    set_target_properties(${target} PROPERTIES
        PREFIX "" SUFFIX ".so" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden)
    target_link_options(${target} PRIVATE
        "LINKER:--version-script=${INDUCT_SDK}/C/plugin.version" "LINKER:-Bsymbolic")
endfunction()
