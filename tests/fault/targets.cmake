# dray with system calls that fail or kill on demand: see slots.c and drive.py.
add_executable(dray-fault ${PROJECT_SOURCE_DIR}/src/main.c fault/slots.c)
target_link_libraries(dray-fault PRIVATE dray_cli)

if(PYTHON3)
  foreach(action init add modify push fetch checkout checkout-rev cat log du-history migrate migrate-part migrate-back gc
      gc-remote archive add-archive bundle unbundle install uninstall)
    dray_test(fault_${action}
      COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/fault/drive.py $<TARGET_FILE:dray-fault> ${action}
      LABELS fault TIMEOUT 300)
    set_tests_properties(fault_${action} PROPERTIES COST 100)
  endforeach()

  # Every call instead of a sample: cmake --build build/dev --target fault-full
  add_custom_target(fault-full DEPENDS dray-fault USES_TERMINAL
    COMMAND ${PYTHON3} ${CMAKE_CURRENT_SOURCE_DIR}/fault/drive.py $<TARGET_FILE:dray-fault> --full)
endif()
