/// What a device is used as.
public enum DeviceKind: String, Sendable, CaseIterable {
  case phone
  case iotNode = "iot-node"
  case vehicleECU = "vehicle-ecu"
  case industrialPLC = "industrial-plc"
}
