import NeuralNetworks

/// Kernels of an audio front end.
extension KernelTable {
  static let signals = [
    Kernel(
      name: "signal_window_int16_reference", operation: "SignalWindow",
      prepare: SpectrumKernels.window),
    Kernel(
      name: "signal_fft_auto_scale_int16_reference", operation: "SignalFftAutoScale",
      prepare: SpectrumKernels.autoScale),
    Kernel(
      name: "signal_rfft_int16_reference", operation: "SignalRfft",
      prepare: SpectrumKernels.realTransform),
    Kernel(
      name: "signal_energy_int16_reference", operation: "SignalEnergy",
      prepare: SpectrumKernels.energy),
    Kernel(
      name: "signal_filter_bank_uint32_reference", operation: "SignalFilterBank",
      prepare: ChannelKernels.filterBank),
    Kernel(
      name: "signal_filter_bank_square_root_uint64_reference",
      operation: "SignalFilterBankSquareRoot", prepare: ChannelKernels.squareRoot),
    Kernel(
      name: "signal_filter_bank_spectral_subtraction_uint32_reference",
      operation: "SignalFilterBankSpectralSubtraction",
      prepare: ChannelKernels.spectralSubtraction),
    Kernel(
      name: "signal_pcan_uint32_reference", operation: "SignalPCAN",
      prepare: GainKernels.gainControl),
    Kernel(
      name: "signal_filter_bank_log_uint32_reference", operation: "SignalFilterBankLog",
      prepare: GainKernels.logarithm),
  ]
}
