# What `cmake --install` leaves for other CMake projects: find_package(dragoman), then link dragoman::broker.
set(parts dragoman_protocol dragoman_ecs dragoman_compilers dragoman_asio dragoman_broker)
foreach(part IN LISTS parts)
  if(NOT TARGET ${part})
    return()
  endif()
  string(REPLACE dragoman_ "" name ${part})
  set_target_properties(${part} PROPERTIES EXPORT_NAME ${name})
endforeach()

include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/dragoman)
install(TARGETS ${parts} EXPORT dragoman ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT dragoman NAMESPACE dragoman:: FILE dragomanTargets.cmake DESTINATION ${package})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/dragomanConfig.cmake.in ${CMAKE_BINARY_DIR}/dragomanConfig.cmake
  INSTALL_DESTINATION ${package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/dragomanConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/dragomanConfig.cmake ${CMAKE_BINARY_DIR}/dragomanConfigVersion.cmake DESTINATION ${package})

# All headers: broker/broker.hpp includes what it stands on.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} protocol/*.hpp ecs/*.hpp ecs/*.h compilers/*.hpp broker/*.hpp)
foreach(header IN LISTS headers)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${CMAKE_SOURCE_DIR}/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dragoman/${folder})
endforeach()

install(FILES ${CMAKE_SOURCE_DIR}/broker/command/share/dragoman.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_SOURCE_DIR}/broker/command/share/completion.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME dragoman)
