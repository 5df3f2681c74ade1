# What `cmake --install` puts where, and the package that find_package(holdfast)
# finds. An embedder links holdfast::engine, holdfast::remote if need be, and
# holdfast::simulation in tests.
include(CMakePackageConfigHelpers)

# The libraries, lowest first. Gateway and node are the program's own.
set(holdfast_installed messages rules storage actors adapters engine remote
                       simulation)
# All headers of a folder are public, but for these, where only some are.
set(holdfast_headers_storage store.hpp lmdb_store.hpp memory_store.hpp
                             verify.hpp)
set(holdfast_headers_actors interfaces.hpp exchange.hpp messenger.hpp
                            position_source.hpp feed_settings.hpp
                            control_channel.hpp control_settings.hpp
                            notifier_settings.hpp)
set(holdfast_headers_adapters paper_exchange.hpp mexc_exchange.hpp
                              mexc_protocol.hpp http_caller.hpp
                              telegram_bot.hpp console_messenger.hpp
                              webhook_poster.hpp metaapi_source.hpp)
set(holdfast_headers_engine engine.hpp options.hpp)
set(holdfast_headers_remote address.hpp published_engine.hpp remote_engine.hpp
                            security.hpp)

set(holdfast_headers_simulation bridge.hpp dice.hpp exchange.hpp executor.hpp
                                fault_counts.hpp faulty_store.hpp
                                journal_check.hpp member_of.hpp messenger.hpp
                                run.hpp workload.hpp world.hpp)

set(holdfast_include_dir "${CMAKE_INSTALL_INCLUDEDIR}/holdfast")
set(holdfast_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/holdfast")

foreach(name ${holdfast_installed})
  install(TARGETS holdfast_${name} EXPORT holdfastTargets
          ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  if(DEFINED holdfast_headers_${name})
    list(TRANSFORM holdfast_headers_${name} PREPEND "${CMAKE_SOURCE_DIR}/${name}/"
         OUTPUT_VARIABLE headers)
  else()
    file(GLOB headers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${name}/*.hpp")
  endif()
  foreach(header ${headers})
    if(EXISTS "${header}")
      install(FILES "${header}" DESTINATION "${holdfast_include_dir}/${name}")
    endif()
  endforeach()
endforeach()
install(FILES "${CMAKE_SOURCE_DIR}/holdfast.hpp"
        DESTINATION "${holdfast_include_dir}")
install(TARGETS holdfast RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
        COMPONENT program)

install(EXPORT holdfastTargets NAMESPACE holdfast::
        DESTINATION "${holdfast_cmake_dir}")
configure_package_config_file(
  "${CMAKE_SOURCE_DIR}/cmake/holdfastConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/holdfastConfig.cmake"
  INSTALL_DESTINATION "${holdfast_cmake_dir}")
write_basic_package_version_file(
  "${CMAKE_BINARY_DIR}/holdfastConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/holdfastConfig.cmake"
              "${CMAKE_BINARY_DIR}/holdfastConfigVersion.cmake"
              "${CMAKE_SOURCE_DIR}/cmake/FindCAF.cmake"
        DESTINATION "${holdfast_cmake_dir}")
