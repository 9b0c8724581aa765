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
      name: "signal_irfft_int16_reference", operation: "SignalIrfft",
      prepare: SpectrumKernels.inverseRealTransform),
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
    Kernel(
      name: "signal_delay_int16_reference", operation: "SignalDelay",
      prepare: StreamKernels.delay),
    Kernel(
      name: "signal_framer_int16_reference", operation: "SignalFramer",
      prepare: StreamKernels.framer),
    Kernel(
      name: "signal_overlap_add_int16_reference", operation: "SignalOverlapAdd",
      prepare: StreamKernels.overlapAddInt16),
    Kernel(
      name: "signal_overlap_add_float32_reference", operation: "SignalOverlapAdd",
      prepare: StreamKernels.overlapAddFloat32),
    Kernel(
      name: "signal_stacker_int16_reference", operation: "SignalStacker",
      prepare: StreamKernels.stacker),
  ]
}
