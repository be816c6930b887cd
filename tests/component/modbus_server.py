"""A Modbus TCP server by python3-pymodbus, for tests of the Modbus plugins.

Prints its port and ends when standard input closes. The argument-free memory holds:
  coils and discrete inputs 0..63: every third is on
  input registers 0..63: 1000 + address
  holding registers 0..63: 0, and what a LabJack T7 has at its identity registers
"""
import asyncio
import logging
import sys

from pymodbus.datastore import (
    ModbusSequentialDataBlock,
    ModbusServerContext,
    ModbusSlaveContext,
    ModbusSparseDataBlock,
)
from pymodbus.server.async_io import ModbusTcpServer


def holding_registers():
    values = {address: 0 for address in range(64)}
    # LabJack T7: TEST, PRODUCT_ID 7.0, HARDWARE_VERSION 1.35, FIRMWARE_VERSION 1.0292, serial.
    values.update({55100: 0x0011, 55101: 0x2233})
    values.update({60000: 0x40E0, 60001: 0, 60002: 0x3FAC, 60003: 0xCCCD})
    values.update({60004: 0x3F83, 60005: 0xBCD3, 60028: 0x0007, 60029: 0x2BA1})
    for first, last in ((1000, 1003), (2000, 2022), (2800, 2801), (3500, 3545), (7000, 7027),
                        (9000, 9027), (9300, 9327), (40000, 40027), (41000, 41013),
                        (41500, 41513), (42000, 42027), (44000, 44045), (44100, 44145),
                        (44200, 44245), (44300, 44345), (44900, 44905), (55000, 55003),
                        (61600, 61659)):
        values.update({address: 0 for address in range(first, last + 1)})
    # AIN0 reads 4.12 mV.
    values.update({0: 0x3B87, 1: 0x0111})
    return ModbusSparseDataBlock(values)


async def main():
    bits = [address % 3 == 0 for address in range(64)]
    memory = ModbusSlaveContext(
        co=ModbusSequentialDataBlock(0, list(bits)),
        di=ModbusSequentialDataBlock(0, list(bits)),
        ir=ModbusSequentialDataBlock(0, [1000 + address for address in range(64)]),
        hr=holding_registers(),
        zero_mode=True,
    )
    server = ModbusTcpServer(ModbusServerContext(slaves=memory, single=True),
                             address=("127.0.0.1", 0))
    task = asyncio.ensure_future(server.serve_forever())
    while server.server is None:
        await asyncio.sleep(0.01)
    print(server.server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.read)
    logging.disable()  # that the connections end now is no error
    task.cancel()


asyncio.run(main())
