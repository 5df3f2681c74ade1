# The Debian package: `cpack --config build/release/CPackConfig.cmake`. The
# program, its service and configuration; embedders use `cmake --install`.
# Destinations are seen from /usr.
file(READ "${CMAKE_SOURCE_DIR}/config/holdfast.example.toml" configuration)
string(REPLACE "data_dir = \"data\"" "data_dir = \"/var/lib/holdfast\""
       configuration "${configuration}")
file(WRITE "${CMAKE_BINARY_DIR}/package/holdfast.toml" "${configuration}")

set(of_service COMPONENT service EXCLUDE_FROM_ALL)
install(FILES "${CMAKE_BINARY_DIR}/package/holdfast.toml"
        DESTINATION ../etc/holdfast ${of_service})
install(FILES "${CMAKE_SOURCE_DIR}/config/systemd/holdfast.service"
        DESTINATION lib/systemd/system ${of_service})
install(FILES "${CMAKE_SOURCE_DIR}/config/systemd/holdfast.sysusers"
        DESTINATION lib/sysusers.d RENAME holdfast.conf ${of_service})
install(FILES "${CMAKE_SOURCE_DIR}/CHANGELOG.md"
        DESTINATION share/doc/holdfast ${of_service})
file(GLOB pages CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/docs/*.md")
install(FILES ${pages} DESTINATION share/doc/holdfast ${of_service})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME holdfast)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "Holdfast <holdfast@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "one event, one effect: locks, trades, signals")
set(CPACK_PACKAGE_DESCRIPTION
    "A node that gives one event one effect, however often it arrives and\nwhatever crashes in between: locks with fencing tokens, trades, signals\nand their messages, durably. HTTP API, dashboard, command line.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program service)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(maintained "${CMAKE_SOURCE_DIR}/config/debian")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${maintained}/postinst;${maintained}/prerm;${maintained}/postrm;${maintained}/conffiles")
include(CPack)
