<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>sdinspector</name>
  <message>
   <source>&amp;About sdinspector</source>
   <translation>关于 sdinspector(&amp;A)</translation>
  </message>
  <message>
   <source>&amp;Activations</source>
   <translation>激活(&amp;A)</translation>
  </message>
  <message>
   <source>&amp;As the desktop</source>
   <translation>跟随桌面(&amp;A)</translation>
  </message>
  <message>
   <source>&amp;Average</source>
   <translation>平均(&amp;A)</translation>
  </message>
  <message>
   <source>&amp;Branches</source>
   <translation>分支(&amp;B)</translation>
  </message>
  <message>
   <source>&amp;Choose…</source>
   <translation>选择(&amp;C)…</translation>
  </message>
  <message>
   <source>&amp;Command palette…</source>
   <translation>命令面板(&amp;C)…</translation>
  </message>
  <message>
   <source>&amp;Compare with the plain pipeline</source>
   <translation>与原版管线比较(&amp;C)</translation>
  </message>
  <message>
   <source>&amp;Dark</source>
   <translation>深色(&amp;D)</translation>
  </message>
  <message>
   <source>&amp;Delete…</source>
   <translation>删除(&amp;D)…</translation>
  </message>
  <message>
   <source>&amp;Disk budget</source>
   <translation>磁盘限额(&amp;D)</translation>
  </message>
  <message>
   <source>&amp;English</source>
   <translation>English(&amp;E)</translation>
  </message>
  <message>
   <source>&amp;Export…</source>
   <translation>导出(&amp;E)…</translation>
  </message>
  <message>
   <source>&amp;Figure</source>
   <translation>图(&amp;F)</translation>
  </message>
  <message>
   <source>&amp;File</source>
   <translation>文件(&amp;F)</translation>
  </message>
  <message>
   <source>&amp;Go</source>
   <translation>转到(&amp;G)</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>帮助(&amp;H)</translation>
  </message>
  <message>
   <source>&amp;Invert a picture…</source>
   <translation>反演图片(&amp;I)…</translation>
  </message>
  <message>
   <source>&amp;Keyboard shortcuts</source>
   <translation>键盘快捷键(&amp;K)</translation>
  </message>
  <message>
   <source>&amp;Language</source>
   <translation>语言(&amp;L)</translation>
  </message>
  <message>
   <source>&amp;Light</source>
   <translation>浅色(&amp;L)</translation>
  </message>
  <message>
   <source>&amp;Model</source>
   <translation>模型(&amp;M)</translation>
  </message>
  <message>
   <source>&amp;Negative</source>
   <translation>反向(&amp;N)</translation>
  </message>
  <message>
   <source>&amp;New seed</source>
   <translation>新种子(&amp;N)</translation>
  </message>
  <message>
   <source>&amp;Next part of the window</source>
   <translation>窗口的下一部分(&amp;N)</translation>
  </message>
  <message>
   <source>&amp;Observe</source>
   <translation>观察(&amp;O)</translation>
  </message>
  <message>
   <source>&amp;Open</source>
   <translation>打开(&amp;O)</translation>
  </message>
  <message>
   <source>&amp;Open recording…</source>
   <translation>打开记录(&amp;O)…</translation>
  </message>
  <message>
   <source>&amp;Picture</source>
   <translation>图片(&amp;P)</translation>
  </message>
  <message>
   <source>&amp;Prompt</source>
   <translation>提示词(&amp;P)</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>退出(&amp;Q)</translation>
  </message>
  <message>
   <source>&amp;Recordings…</source>
   <translation>所有记录(&amp;R)…</translation>
  </message>
  <message>
   <source>&amp;Refresh</source>
   <translation>刷新(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;Rescale φ</source>
   <translation>重缩放 φ(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;Reset the layout</source>
   <translation>恢复布局(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;Run</source>
   <translation>运行(&amp;R)</translation>
  </message>
  <message>
   <source>&amp;Save as…</source>
   <translation>另存为(&amp;S)…</translation>
  </message>
  <message>
   <source>&amp;Save picture…</source>
   <translation>保存图片(&amp;S)…</translation>
  </message>
  <message>
   <source>&amp;Seed</source>
   <translation>种子(&amp;S)</translation>
  </message>
  <message>
   <source>&amp;Stop</source>
   <translation>停止(&amp;S)</translation>
  </message>
  <message>
   <source>&amp;Theme</source>
   <translation>主题(&amp;T)</translation>
  </message>
  <message>
   <source>&amp;Tick all</source>
   <translation>全部勾选(&amp;T)</translation>
  </message>
  <message>
   <source>&amp;Timesteps</source>
   <translation>时间步(&amp;T)</translation>
  </message>
  <message>
   <source>&amp;Type</source>
   <translation>类型(&amp;T)</translation>
  </message>
  <message>
   <source>&amp;View</source>
   <translation>视图(&amp;V)</translation>
  </message>
  <message>
   <source>(empty)</source>
   <translation>（空）</translation>
  </message>
  <message>
   <source>+ ε, × √(1−ᾱ) = {factor}</source>
   <translation>+ ε，× √(1−ᾱ) = {factor}</translation>
  </message>
  <message>
   <source>, outputs 0 … {last} of {all}</source>
   <translation>，输出 0 … {last}，共 {all} 个</translation>
  </message>
  <message>
   <source>&lt;h3&gt;A picture at a noise level&lt;/h3&gt;&lt;p style='font-size:120%'&gt;x_t = √ᾱ·x₀ + √(1−ᾱ)·ε&lt;/p&gt;&lt;p&gt;This is what the denoiser is trained on: the latent &lt;b&gt;x₀&lt;/b&gt; of a picture, made smaller, plus noise &lt;b&gt;ε&lt;/b&gt; from N(0, 1). Both factors follow from t, and their squares sum to 1, so that x_t keeps about the size that the denoiser is used to.&lt;/p&gt;&lt;p&gt;The slider moves t; the latent follows at once, and the VAE decodes what it is given, as fast as it can. Its picture of a noisy latent is no picture with grain on it: the decoder has never seen such latents. A seed means the same ε here as in a run or an observation, at every t: one noise is moved in and out.&lt;/p&gt;&lt;p&gt;Watch what goes first as t grows: fine edges, while SNR is still far above 1. Large areas of colour can be made out longest. A run goes the other way: its first steps decide the layout, its last ones the edges.&lt;/p&gt;&lt;p&gt;The ticks on the slider are the timesteps that a scheduler visits.&lt;/p&gt;&lt;p style='font-size:85%'&gt;Ho et al. 2020, arXiv 2006.11239, eq. 4.&lt;/p&gt;</source>
   <translation>&lt;h3&gt;某一噪声级别下的图片&lt;/h3&gt;&lt;p style='font-size:120%'&gt;x_t = √ᾱ·x₀ + √(1−ᾱ)·ε&lt;/p&gt;&lt;p&gt;去噪器就是用它训练的：图片的潜变量 &lt;b&gt;x₀&lt;/b&gt; 缩小，再加上取自 N(0, 1) 的噪声 &lt;b&gt;ε&lt;/b&gt;。两个系数都由 t 决定，平方和为 1，因此 x_t 的大小大致保持在去噪器所习惯的范围。&lt;/p&gt;&lt;p&gt;滑块改变 t；潜变量立即跟随，VAE 则尽快解码交给它的内容。它从带噪潜变量得到的图片，并不是蒙上一层颗粒的图片：解码器从未见过这样的潜变量。种子在此处与在运行或观察中一样，对应同一个 ε，且各个 t 都相同：只是把同一份噪声加多或减少。&lt;/p&gt;&lt;p&gt;请留意 t 增大时最先消失的是什么：是细小的边缘，而那时 SNR 还远大于 1。大片的颜色保持得最久。运行则方向相反：最初几步决定构图，最后几步决定边缘。&lt;/p&gt;&lt;p&gt;滑块上的刻度是调度器经过的时间步。&lt;/p&gt;&lt;p style='font-size:85%'&gt;Ho et al. 2020, arXiv 2006.11239, 式 4。&lt;/p&gt;</translation>
  </message>
  <message>
   <source>&lt;h3&gt;Classifier-free guidance&lt;/h3&gt;&lt;p style='font-size:120%'&gt;ε = ε_∅ + s·(ε_y − ε_∅)&lt;/p&gt;&lt;p&gt;&lt;b&gt;ε_∅&lt;/b&gt; is the noise that the UNet predicts without the prompt (or with the negative one), &lt;b&gt;ε_y&lt;/b&gt; the noise that it predicts with it, &lt;b&gt;s&lt;/b&gt; the guidance scale. The difference ε_y − ε_∅ points to where the words lead; s says how far to go.&lt;/p&gt;&lt;p&gt;&lt;b&gt;s = 0&lt;/b&gt; ignores the prompt, &lt;b&gt;s = 1&lt;/b&gt; uses it plainly, larger scales exaggerate it. (Some articles print the formula with the two predictions swapped; that form is wrong for s &amp;gt; 1.) diffusers runs the conditional branch alone for s ≤ 1 and ignores s there; a curve, or a change in the middle of a run, evaluates both.&lt;/p&gt;&lt;p&gt;&lt;b&gt;x̂₀ = a·x_t + b·ε&lt;/b&gt; is what the model takes the end to be. Since the recording holds ε_∅ and ε_y of each step, another scale is arithmetic: this step changes at once, without asking the UNet again.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Guidance rescale φ&lt;/b&gt; pulls the contrast back to that of ε_y: φ·ε·std(ε_y)/std(ε) + (1 − φ)·ε.&lt;/p&gt;&lt;p style='font-size:85%'&gt;Ho &amp;amp; Salimans 2022, arXiv 2207.12598; Lin et al. 2023, arXiv 2305.08891 §3.4; guidance in an interval of steps: Kynkäänniemi et al. 2024, arXiv 2404.07724.&lt;/p&gt;</source>
   <translation>&lt;h3&gt;无分类器引导&lt;/h3&gt;&lt;p style='font-size:120%'&gt;ε = ε_∅ + s·(ε_y − ε_∅)&lt;/p&gt;&lt;p&gt;&lt;b&gt;ε_∅&lt;/b&gt; 是 UNet 在没有提示词（或使用反向提示词）时预测的噪声，&lt;b&gt;ε_y&lt;/b&gt; 是带提示词时预测的噪声，&lt;b&gt;s&lt;/b&gt; 是引导尺度。差 ε_y − ε_∅ 指出文字引向何处；s 说明走多远。&lt;/p&gt;&lt;p&gt;&lt;b&gt;s = 0&lt;/b&gt; 忽略提示词，&lt;b&gt;s = 1&lt;/b&gt; 直接使用提示词，更大的尺度会夸大它。（有些文章把两个预测写反；那种形式在 s &amp;gt; 1 时是错的。）s ≤ 1 时 diffusers 只运行条件分支并忽略 s；曲线或运行中途的改变会计算两个分支。&lt;/p&gt;&lt;p&gt;&lt;b&gt;x̂₀ = a·x_t + b·ε&lt;/b&gt; 是模型认为的终点。由于记录保存了每一步的 ε_∅ 和 ε_y，换一个尺度只是算术：这一步立即改变，无需再次询问 UNet。&lt;/p&gt;&lt;p&gt;&lt;b&gt;引导重缩放 φ&lt;/b&gt; 把对比度拉回到 ε_y 的水平：φ·ε·std(ε_y)/std(ε) + (1 − φ)·ε。&lt;/p&gt;&lt;p style='font-size:85%'&gt;Ho &amp;amp; Salimans 2022, arXiv 2207.12598；Lin et al. 2023, arXiv 2305.08891 §3.4；在一段步区间内引导：Kynkäänniemi et al. 2024, arXiv 2404.07724。&lt;/p&gt;</translation>
  </message>
  <message>
   <source>&lt;h3&gt;DDIM inversion&lt;/h3&gt;&lt;p style='font-size:120%'&gt;x_t = √ᾱ_t·x̂₀ + √(1−ᾱ_t)·ε(x_t₋, t)&lt;/p&gt;&lt;p&gt;DDIM without noise of its own is a fixed way from x_T to a picture, and a way can be walked backwards: from the latent x₀ of your picture up to the x_T that makes it. Run down from there with the same caption, the picture comes back; run down with &lt;b&gt;another&lt;/b&gt; prompt, it is edited: choose a level in the films, write the prompt below and press &lt;b&gt;Run on&lt;/b&gt;. At the right end everything is made anew; further left less changes. &lt;b&gt;Open as a run&lt;/b&gt; shows the way down in all views.&lt;/p&gt;&lt;p&gt;&lt;b&gt;It does not come back exactly.&lt;/b&gt; The step up ought to use the noise prediction at x_t, which is what it is looking for; it uses the one at the latent it has, x_t₋. The more steps, the smaller the difference. Guidance multiplies it: above 1 the ways part, which null-text inversion was made to mend.&lt;/p&gt;&lt;p&gt;The upper film is the way up, the lower one the way down, level under level. The curve is ‖down − up‖ / ‖up‖ at each level: 0 at x_T, where the way down begins.&lt;/p&gt;&lt;p&gt;The VAE loses something of its own, with no step at all: that is named beside, so that both losses can be told apart.&lt;/p&gt;&lt;p style='font-size:85%'&gt;Song et al. 2020, arXiv 2010.02502, section 4.3; Mokady et al. 2022, arXiv 2211.09794, section 3.1.&lt;/p&gt;</source>
   <translation>&lt;h3&gt;DDIM 反演&lt;/h3&gt;&lt;p style='font-size:120%'&gt;x_t = √ᾱ_t·x̂₀ + √(1−ᾱ_t)·ε(x_t₋, t)&lt;/p&gt;&lt;p&gt;不另加噪声的 DDIM 是从 x_T 到图片的一条确定的路，而路可以倒着走：从您图片的潜变量 x₀ 往上，走到生成它的 x_T。从那里用同样的描述文字往下运行，图片便会返回；换&lt;b&gt;另一个&lt;/b&gt;提示词往下运行，图片就被编辑：在胶片条中选择一个级别，在下方写提示词，再按&lt;b&gt;继续运行&lt;/b&gt;。从最右端开始，一切重新生成；越靠左，改变越少。&lt;b&gt;作为运行打开&lt;/b&gt;会在所有视图中显示回程。&lt;/p&gt;&lt;p&gt;&lt;b&gt;图片不会完全复原。&lt;/b&gt;往上的一步本应使用 x_t 处的噪声预测，而 x_t 正是要求的；它只能用手头潜变量 x_t₋ 处的预测。步数越多，差别越小。引导会放大差别：尺度大于 1 时去程与回程就会分开，null-text inversion 正是为弥补这一点而提出的。&lt;/p&gt;&lt;p&gt;上面的胶片条是去程，下面的是回程，相同的级别上下对齐。曲线是每个级别的 ‖回程 − 去程‖ / ‖去程‖：在 x_T 处为 0，回程由此开始。&lt;/p&gt;&lt;p&gt;VAE 自身也会损失一些内容，即使一步也不走：旁边单独给出，以便分清两种损失。&lt;/p&gt;&lt;p style='font-size:85%'&gt;Song et al. 2020, arXiv 2010.02502, 4.3 节；Mokady et al. 2022, arXiv 2211.09794, 3.1 节。&lt;/p&gt;</translation>
  </message>
  <message>
   <source>&lt;h3&gt;Noise levels&lt;/h3&gt;&lt;p style='font-size:120%'&gt;x_t = √ᾱ·x₀ + √(1−ᾱ)·ε&lt;/p&gt;&lt;p&gt;A model is trained on all timesteps t = 0 … T−1, with the noise schedule ᾱ(t). A run visits only a few of them; which ones, and how it goes from one to the next, is what a scheduler is.&lt;/p&gt;&lt;p&gt;&lt;b&gt;ᾱ&lt;/b&gt; is the share of the picture in x_t, in squares. &lt;b&gt;σ = √((1−ᾱ)/ᾱ)&lt;/b&gt; is the noise beside a picture left at its own size, x = x₀ + σ·ε: the space in which Euler, Heun and Karras' levels are written. &lt;b&gt;SNR = ᾱ/(1−ᾱ) = 1/σ²&lt;/b&gt;. Left of the dashed line there is more picture than noise, right of it more noise than picture (SNR &amp;lt; 1): that is where the layout is decided.&lt;/p&gt;&lt;p&gt;The dots are the calls of the denoiser. A run begins at the right; the numbers below the dots are its steps. A ring is a further call of the same step: Heun and KDPM2 look twice, PNDM repeats one.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Δ log SNR&lt;/b&gt; is how far a call is from the one before: the size of a step. Evenly laid timesteps (DDIM, PNDM, Euler) take by far their largest step at the very end; with Karras' levels the steps grow slowly.&lt;/p&gt;&lt;p&gt;The levels are read off the scheduler while it walks; no denoiser runs. Click a dot to see a picture at that timestep.&lt;/p&gt;&lt;p style='font-size:85%'&gt;Ho et al. 2020, arXiv 2006.11239, eq. 4; Kingma et al. 2021, arXiv 2107.00630 (SNR); Karras et al. 2022, arXiv 2206.00364, eq. 5.&lt;/p&gt;</source>
   <translation>&lt;h3&gt;噪声级别&lt;/h3&gt;&lt;p style='font-size:120%'&gt;x_t = √ᾱ·x₀ + √(1−ᾱ)·ε&lt;/p&gt;&lt;p&gt;模型在所有时间步 t = 0 … T−1 上训练，噪声调度为 ᾱ(t)。一次运行只经过其中少数几个；经过哪些，以及如何从一个走到下一个，就是调度器。&lt;/p&gt;&lt;p&gt;&lt;b&gt;ᾱ&lt;/b&gt; 是图片在 x_t 中所占的份额（按平方计）。&lt;b&gt;σ = √((1−ᾱ)/ᾱ)&lt;/b&gt; 是图片保持原有大小时所加的噪声，x = x₀ + σ·ε：Euler、Heun 和 Karras 的噪声级别都写在这个空间里。&lt;b&gt;SNR = ᾱ/(1−ᾱ) = 1/σ²&lt;/b&gt;。虚线左侧图片多于噪声，右侧噪声多于图片（SNR &amp;lt; 1）：构图就在右侧决定。&lt;/p&gt;&lt;p&gt;圆点是对去噪器的调用。运行从右端开始；圆点下的数字是步。圆环是同一步的再次调用：Heun 和 KDPM2 每步看两次，PNDM 有一步重复。&lt;/p&gt;&lt;p&gt;&lt;b&gt;Δ log SNR&lt;/b&gt; 是一次调用与前一次相距多远，即步的大小。均匀分布的时间步（DDIM、PNDM、Euler）在最后一步跨得最大，远超其他各步；用 Karras 噪声级别时，步的大小缓慢增长。&lt;/p&gt;&lt;p&gt;这些级别是在调度器行进时读出的，没有运行去噪器。单击圆点可查看该时间步的图片。&lt;/p&gt;&lt;p style='font-size:85%'&gt;Ho et al. 2020, arXiv 2006.11239, 式 4；Kingma et al. 2021, arXiv 2107.00630（SNR）；Karras et al. 2022, arXiv 2206.00364, 式 5。&lt;/p&gt;</translation>
  </message>
  <message>
   <source>&lt;h3&gt;The training objective&lt;/h3&gt;&lt;p style='font-size:120%'&gt;x_t = √ᾱ·x₀ + √(1 − ᾱ)·ε &amp;nbsp;&amp;nbsp; L = mean (target − output(x_t, t, caption))²&lt;/p&gt;&lt;p&gt;x₀ is the picture's latent, ε the noise of a seed, ᾱ falls from nearly 1 at t = 0 to nearly 0 at the last t. The target is ε, v = √ᾱ·ε − √(1−ᾱ)·x₀, or x₀ itself. Nothing else enters: no dropout, no weight.&lt;/p&gt;&lt;p&gt;&lt;b&gt;The gap&lt;/b&gt; between the loss with the caption and without is what the caption tells the denoiser about this picture at this t. Where it is nil, guidance has nothing to stretch.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Why little noise is the harder to tell.&lt;/b&gt; What is asked for is the noise. At large t, x_t nearly is the noise: the denoiser has only to repeat its input. At small t the noise is a faint grain over a picture that has grain of its own. An error Δ of the implied x₀ is an error √SNR·Δ of ε, and SNR = ᾱ/(1−ᾱ) runs over some six orders of magnitude. So with ε the loss is largest at small t; with x₀ the order is reversed, and v lies between. Losses of two runs compare only at the same t and noise.&lt;/p&gt;&lt;p&gt;&lt;b&gt;min-SNR weights&lt;/b&gt;: min(SNR, γ)/SNR for ε, min(SNR, γ)/(SNR + 1) for v, min(SNR, γ) for x₀. They are drawn in, never multiplied in.&lt;/p&gt;&lt;p&gt;Whiskers reach from the lowest to the highest of the seeds. A seed's noise is the same at every t.&lt;/p&gt;&lt;p style='font-size:85%'&gt;Ho et al. 2020, arXiv 2006.11239; Salimans &amp;amp; Ho 2022, arXiv 2202.00512; Hang et al. 2023, arXiv 2303.09556.&lt;/p&gt;</source>
   <translation>&lt;h3&gt;训练目标&lt;/h3&gt;&lt;p style='font-size:120%'&gt;x_t = √ᾱ·x₀ + √(1 − ᾱ)·ε &amp;nbsp;&amp;nbsp; L = mean (目标 − 输出(x_t, t, 描述文字))²&lt;/p&gt;&lt;p&gt;x₀ 是图片的潜变量，ε 是由种子得到的噪声，ᾱ 从 t = 0 处的接近 1 降到最后一个 t 处的接近 0。目标是 ε、v = √ᾱ·ε − √(1−ᾱ)·x₀，或 x₀ 本身。此外没有别的：没有丢弃，也没有权重。&lt;/p&gt;&lt;p&gt;带描述文字与不带时的损失之间的&lt;b&gt;差距&lt;/b&gt;，就是描述文字在这个 t 告诉去噪器的关于这张图片的内容。差距为零时，引导没有可放大的东西。&lt;/p&gt;&lt;p&gt;&lt;b&gt;为什么噪声少反而更难。&lt;/b&gt;要求预测的是噪声。t 大时，x_t 几乎就是噪声：去噪器只需重复输入。t 小时，噪声是图片上一层微弱的颗粒，而图片自身也有颗粒。隐含的 x₀ 有误差 Δ，相当于 ε 有误差 √SNR·Δ，而 SNR = ᾱ/(1−ᾱ) 跨越约六个数量级。因此目标为 ε 时，损失在 t 小时最大；为 x₀ 时次序相反，v 介于两者之间。两次运行的损失只有在 t 和噪声都相同时才可比较。&lt;/p&gt;&lt;p&gt;&lt;b&gt;min-SNR 权重&lt;/b&gt;：ε 为 min(SNR, γ)/SNR，v 为 min(SNR, γ)/(SNR + 1)，x₀ 为 min(SNR, γ)。只画出来，从不乘进损失。&lt;/p&gt;&lt;p&gt;须线从各种子的最低值延伸到最高值。同一种子的噪声在各个 t 都相同。&lt;/p&gt;&lt;p style='font-size:85%'&gt;Ho et al. 2020, arXiv 2006.11239；Salimans &amp;amp; Ho 2022, arXiv 2202.00512；Hang et al. 2023, arXiv 2303.09556。&lt;/p&gt;</translation>
  </message>
  <message>
   <source>= x_t</source>
   <translation>= x_t</translation>
  </message>
  <message>
   <source>A LoRA</source>
   <translation>LoRA</translation>
  </message>
  <message>
   <source>A container: never called itself, so nothing can be captured from it.</source>
   <translation>容器：自身从不被调用，因此无法从中捕获任何内容。</translation>
  </message>
  <message>
   <source>A curve to begin with; draw on the plot to change it by hand</source>
   <translation>作为起点的曲线；可在图上手绘修改</translation>
  </message>
  <message>
   <source>A folder of pictures</source>
   <translation>图片文件夹</translation>
  </message>
  <message>
   <source>A map for each word of the prompt</source>
   <translation>提示词中每个词一张图</translation>
  </message>
  <message>
   <source>A picture that the run starts from (image to image); empty to start from noise.</source>
   <translation>运行的起始图片（图生图）；留空则从噪声开始。</translation>
  </message>
  <message>
   <source>A picture to add noise to</source>
   <translation>要加噪声的图片</translation>
  </message>
  <message>
   <source>A picture to invert</source>
   <translation>要反演的图片</translation>
  </message>
  <message>
   <source>A recorded training.</source>
   <translation>已记录的训练。</translation>
  </message>
  <message>
   <source>A run goes; wait for it, or stop it.</source>
   <translation>正在运行；请等待或停止它。</translation>
  </message>
  <message>
   <source>A run is going: wait for its end, or stop it.</source>
   <translation>正在运行：请等它结束，或将其停止。</translation>
  </message>
  <message>
   <source>A sweep draws its noise of a seed, and this recording begins with the latent of an inverted picture. Change the scale of its steps instead.</source>
   <translation>扫描的噪声由种子抽取，而此记录起始于反演图片的潜变量。请改为更改其各步的尺度。</translation>
  </message>
  <message>
   <source>A sweep runs the shown recording's prompt, seed and settings again for each scale, one after another, so that each equals a plain run. The runs are kept as recordings.</source>
   <translation>扫描会用所示记录的提示词、种子和设置，按每个尺度依次重新运行，因此每次都等同于一次普通运行。这些运行会保存为记录。</translation>
  </message>
  <message>
   <source>A text of its own is asked about in the branch of the prompt: choose cond.</source>
   <translation>自定文本只能在提示词分支中查询：请选择“条件”。</translation>
  </message>
  <message>
   <source>A text of its own is not averaged: choose a word of the prompt.</source>
   <translation>自定文本不能取平均：请选择提示词中的词。</translation>
  </message>
  <message>
   <source>A word that is not in the prompt</source>
   <translation>不在提示词中的词</translation>
  </message>
  <message>
   <source>About sdinspector</source>
   <translation>关于 sdinspector</translation>
  </message>
  <message>
   <source>About {call} a call, {total} for {calls} calls.</source>
   <translation>每次调用约 {call}，{calls} 次调用共 {total}。</translation>
  </message>
  <message>
   <source>Above 1 guidance multiplies what each step leaves out: the picture will not come back. Invert at 1, and raise guidance in a fork.</source>
   <translation>大于 1 时，引导会放大每一步的遗漏：图片将无法返回。请用 1 反演，再在分叉中提高引导。</translation>
  </message>
  <message>
   <source>Accumulate</source>
   <translation>梯度累积</translation>
  </message>
  <message>
   <source>Activations</source>
   <translation>激活</translation>
  </message>
  <message>
   <source>Add it: one call a step</source>
   <translation>补上：每步一次调用</translation>
  </message>
  <message>
   <source>Add the unconditional branch</source>
   <translation>补上无条件分支</translation>
  </message>
  <message>
   <source>Adding it …</source>
   <translation>正在补上…</translation>
  </message>
  <message>
   <source>Adding the unconditional branch</source>
   <translation>正在补上无条件分支</translation>
  </message>
  <message>
   <source>After</source>
   <translation>之后</translation>
  </message>
  <message>
   <source>After minus before</source>
   <translation>之后减之前</translation>
  </message>
  <message>
   <source>All calls of the schedulers</source>
   <translation>各调度器的全部调用</translation>
  </message>
  <message>
   <source>All channels projected to three colours: red, green and blue are the first three principal components over the pixels, found in the first step that is looked at and kept for the others</source>
   <translation>所有通道投影为三种颜色：红、绿、蓝分别是各像素上的前三个主成分；主成分在最先查看的步中求得，并沿用于其他步</translation>
  </message>
  <message>
   <source>All heads</source>
   <translation>全部注意力头</translation>
  </message>
  <message>
   <source>All keys on one page.</source>
   <translation>一页列出所有按键。</translation>
  </message>
  <message>
   <source>All layers</source>
   <translation>全部层</translation>
  </message>
  <message>
   <source>All padding behind the end of the text, added up</source>
   <translation>文本结束之后的全部填充，合计</translation>
  </message>
  <message>
   <source>All steps</source>
   <translation>全部步</translation>
  </message>
  <message>
   <source>All weights of the UNet, or two thin matrices beside those of its attention: W + (α/r)·B·A (Hu et al. 2021). By size: a LoRA from 200 million weights on</source>
   <translation>UNet 的全部权重，或其注意力权重旁的两个瘦矩阵：W + (α/r)·B·A（Hu et al. 2021）。“按大小”：从 2 亿个权重起用 LoRA</translation>
  </message>
  <message>
   <source>Alt and an underlined letter goes to a field of the top bar; Tab goes from field to field; F6 from part to part of the window.</source>
   <translation>Alt 加带下划线的字母可跳到顶栏的输入框；Tab 在输入框之间移动；F6 在窗口各部分之间移动。</translation>
  </message>
  <message>
   <source>Always both</source>
   <translation>总是两个分支</translation>
  </message>
  <message>
   <source>Angles</source>
   <translation>夹角</translation>
  </message>
  <message>
   <source>Another future: gone at the end unless kept.</source>
   <translation>另一种未来：若不保留，退出时即消失。</translation>
  </message>
  <message>
   <source>Another prompt</source>
   <translation>另一提示词</translation>
  </message>
  <message>
   <source>Another text, to be compared token by token; empty for none</source>
   <translation>另一段文本，逐词元比较；留空则不比较</translation>
  </message>
  <message>
   <source>Any other word …</source>
   <translation>任意其他词…</translation>
  </message>
  <message>
   <source>Any text; encoded as you type</source>
   <translation>任意文本；边输入边编码</translation>
  </message>
  <message>
   <source>Architecture</source>
   <translation>结构</translation>
  </message>
  <message>
   <source>As diffusers: both above scale 1</source>
   <translation>同 diffusers：尺度大于 1 时两个分支</translation>
  </message>
  <message>
   <source>Ask the denoiser at each timestep with the noise of each seed; kept as a recording</source>
   <translation>在每个时间步用每个种子的噪声询问去噪器；结果保存为记录</translation>
  </message>
  <message>
   <source>Ask the recorded queries about any text, also words that are not in the prompt (OVAM); Return asks</source>
   <translation>用任意文本（包括不在提示词中的词）查询已记录的 query（OVAM）；按回车查询</translation>
  </message>
  <message>
   <source>Asking about a text</source>
   <translation>正在查询文本</translation>
  </message>
  <message>
   <source>Asking the denoiser …</source>
   <translation>正在询问去噪器…</translation>
  </message>
  <message>
   <source>At how many timesteps, spread evenly over the schedule</source>
   <translation>在多少个时间步上，均匀分布于整个噪声调度</translation>
  </message>
  <message>
   <source>At its peak; 0 takes 2e-4 for the whole UNet and 1e-3 for a LoRA</source>
   <translation>峰值处的学习率；0 表示整个 UNet 取 2e-4，LoRA 取 1e-3</translation>
  </message>
  <message>
   <source>At the cursor</source>
   <translation>光标处</translation>
  </message>
  <message>
   <source>Attention</source>
   <translation>注意力</translation>
  </message>
  <message>
   <source>Attention of the text encoder: {prompt}</source>
   <translation>文本编码器的注意力：{prompt}</translation>
  </message>
  <message>
   <source>Average</source>
   <translation>平均</translation>
  </message>
  <message>
   <source>Average over recordings</source>
   <translation>对记录取平均</translation>
  </message>
  <message>
   <source>Average this map over other recordings with the word: seeds, prompts</source>
   <translation>与含有该词的其他记录（不同种子、提示词）一起对热力图取平均</translation>
  </message>
  <message>
   <source>Average…</source>
   <translation>平均…</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>返回</translation>
  </message>
  <message>
   <source>Back to the map of this recording alone</source>
   <translation>回到仅此记录的热力图</translation>
  </message>
  <message>
   <source>Back to the recorded {scale}</source>
   <translation>回到记录的 {scale}</translation>
  </message>
  <message>
   <source>Back to the step, word, layer and pixel that were selected before.</source>
   <translation>回到之前选中的步、词、层和像素。</translation>
  </message>
  <message>
   <source>Bars beside the modules: how strong each one's output is at this step</source>
   <translation>模块旁的条形：该模块在本步的输出强度</translation>
  </message>
  <message>
   <source>Bars in the module tree: the norm of each block's gradient at the marked step</source>
   <translation>模块树中的条形：标记的步中各块梯度的范数</translation>
  </message>
  <message>
   <source>Bars need a run: press Run (Ctrl+Return).</source>
   <translation>条形需要一次运行：请按“运行”（Ctrl+Return）。</translation>
  </message>
  <message>
   <source>Batch</source>
   <translation>批大小</translation>
  </message>
  <message>
   <source>Batches whose gradients make one step</source>
   <translation>多少批的梯度合成一步</translation>
  </message>
  <message>
   <source>Before</source>
   <translation>之前</translation>
  </message>
  <message>
   <source>Beginning of the text: where idle heads look</source>
   <translation>文本开始：空闲的注意力头所看之处</translation>
  </message>
  <message>
   <source>Both pictures, with a line between them to drag</source>
   <translation>两张图片，中间的分界线可拖动</translation>
  </message>
  <message>
   <source>Both pictures, zoom and crosshair shared</source>
   <translation>两张图片，缩放与十字线联动</translation>
  </message>
  <message>
   <source>Branch</source>
   <translation>分支</translation>
  </message>
  <message>
   <source>Branches</source>
   <translation>分支</translation>
  </message>
  <message>
   <source>Bring a picture first: open, paste or drop one</source>
   <translation>请先给出图片：打开、粘贴或拖入一张</translation>
  </message>
  <message>
   <source>Browse, open and delete what was recorded on this machine.</source>
   <translation>浏览、打开和删除本机上的记录。</translation>
  </message>
  <message>
   <source>Brush</source>
   <translation>画笔</translation>
  </message>
  <message>
   <source>By recipe</source>
   <translation>依配方</translation>
  </message>
  <message>
   <source>By size: {what}</source>
   <translation>按大小：{what}</translation>
  </message>
  <message>
   <source>By the model's size</source>
   <translation>按模型大小</translation>
  </message>
  <message>
   <source>B·A is multiplied with α/r; 0 takes r for α</source>
   <translation>B·A 乘以 α/r；0 表示 α 取 r</translation>
  </message>
  <message>
   <source>C&amp;aption</source>
   <translation>描述文字(&amp;A)</translation>
  </message>
  <message>
   <source>CSV table</source>
   <translation>CSV 表格</translation>
  </message>
  <message>
   <source>Call, from 0</source>
   <translation>调用，0 起</translation>
  </message>
  <message>
   <source>Calls</source>
   <translation>调用数</translation>
  </message>
  <message>
   <source>Calls of the scheduler, counted from 0</source>
   <translation>调度器的调用，从 0 数起</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Cancel drawing</source>
   <translation>取消绘制</translation>
  </message>
  <message>
   <source>Caption</source>
   <translation>描述文字</translation>
  </message>
  <message>
   <source>Caption dropout</source>
   <translation>描述丢弃率</translation>
  </message>
  <message>
   <source>Captions come from a table in it (metadata.jsonl or .csv: file_name, caption), else from NAME.txt beside NAME.png, else from the files' names</source>
   <translation>描述文字取自文件夹中的表格（metadata.jsonl 或 .csv：file_name、caption），否则取自 NAME.png 旁的 NAME.txt，再否则取自文件名</translation>
  </message>
  <message>
   <source>Change over the steps</source>
   <translation>随步的变化</translation>
  </message>
  <message>
   <source>Channel</source>
   <translation>通道</translation>
  </message>
  <message>
   <source>Channel over the tokens</source>
   <translation>通道在各词元上的值</translation>
  </message>
  <message>
   <source>Channel {number}</source>
   <translation>通道 {number}</translation>
  </message>
  <message>
   <source>Channel {number} over the tokens</source>
   <translation>通道 {number} 在各词元上的值</translation>
  </message>
  <message>
   <source>Channels</source>
   <translation>通道</translation>
  </message>
  <message>
   <source>Channels of x_t</source>
   <translation>x_t 的通道</translation>
  </message>
  <message>
   <source>Channels of x₀</source>
   <translation>x₀ 的通道</translation>
  </message>
  <message>
   <source>Channels of x₀, × √ᾱ = {factor}</source>
   <translation>x₀ 的通道，× √ᾱ = {factor}</translation>
  </message>
  <message>
   <source>Channels of ε</source>
   <translation>ε 的通道</translation>
  </message>
  <message>
   <source>Channels shown</source>
   <translation>所示通道</translation>
  </message>
  <message>
   <source>Choose a file with a picture.</source>
   <translation>选择一个图片文件。</translation>
  </message>
  <message>
   <source>Choose a file.</source>
   <translation>选择文件。</translation>
  </message>
  <message>
   <source>Choose a folder</source>
   <translation>选择文件夹</translation>
  </message>
  <message>
   <source>Choose a folder of pictures first, or let shapes be drawn.</source>
   <translation>请先选择图片文件夹，或改用绘制的形状。</translation>
  </message>
  <message>
   <source>Choose a module in the tree or in the U to see what it gives at each step.</source>
   <translation>在模块树或 U 形图中选择一个模块，查看它在每一步的输出。</translation>
  </message>
  <message>
   <source>Choose a module in the tree or in the U to see what it has learned.</source>
   <translation>在模块树或 U 形图中选择一个模块，查看它学到的参数。</translation>
  </message>
  <message>
   <source>Choose a picture</source>
   <translation>选择图片</translation>
  </message>
  <message>
   <source>Chosen</source>
   <translation>所选</translation>
  </message>
  <message>
   <source>Chosen level</source>
   <translation>所选级别</translation>
  </message>
  <message>
   <source>Class</source>
   <translation>类</translation>
  </message>
  <message>
   <source>Classifier-free guidance: another scale at once, and what it changes</source>
   <translation>无分类器引导：立即换一个尺度，看它改变了什么</translation>
  </message>
  <message>
   <source>Click a block or a layer to select it everywhere; arrow keys go from part to part.</source>
   <translation>单击块或层即可在所有视图中选中它；方向键逐个移动。</translation>
  </message>
  <message>
   <source>Click a cell for that layer at that step, a name for the layer, a number for the step; arrows go from cell to cell</source>
   <translation>单击单元格选中该层的该步，单击名称选中层，单击数字选中步；方向键逐格移动</translation>
  </message>
  <message>
   <source>Click a map to choose its word, head or layer; Shift-click a word to compare</source>
   <translation>单击一张图以选择其词、注意力头或层；按住 Shift 单击一个词进行比较</translation>
  </message>
  <message>
   <source>Click a pixel of the picture to see what it looks at, layer by layer.</source>
   <translation>单击图片中的一个像素，逐层查看它关注哪里。</translation>
  </message>
  <message>
   <source>Click a word to see where it lands; Shift-click another to see the difference. Left and Right go from word to word.</source>
   <translation>单击一个词，查看它落在何处；按住 Shift 单击另一个词，查看两者之差。左右键在词之间移动。</translation>
  </message>
  <message>
   <source>Click or drag to choose a level. Keys: Left, Right, Page Up, Page Down, Home, End.</source>
   <translation>单击或拖动以选择级别。按键：左、右、Page Up、Page Down、Home、End。</translation>
  </message>
  <message>
   <source>Clip skip</source>
   <translation>跳过层数</translation>
  </message>
  <message>
   <source>Close all</source>
   <translation>全部折叠</translation>
  </message>
  <message>
   <source>Colour bar</source>
   <translation>色标</translation>
  </message>
  <message>
   <source>Colour map</source>
   <translation>色图</translation>
  </message>
  <message>
   <source>Colours (linear)</source>
   <translation>颜色（线性）</translation>
  </message>
  <message>
   <source>Colours from {low} to {high} {unit}</source>
   <translation>颜色范围 {low} 至 {high} {unit}</translation>
  </message>
  <message>
   <source>Colours of the channels; balance has zero in its middle</source>
   <translation>各通道的颜色；balance 以零为中心</translation>
  </message>
  <message>
   <source>Colours of the maps</source>
   <translation>图的颜色</translation>
  </message>
  <message>
   <source>Colours of the window.</source>
   <translation>窗口的颜色。</translation>
  </message>
  <message>
   <source>Command</source>
   <translation>命令</translation>
  </message>
  <message>
   <source>Command palette</source>
   <translation>命令面板</translation>
  </message>
  <message>
   <source>Commands</source>
   <translation>命令</translation>
  </message>
  <message>
   <source>Compare two</source>
   <translation>比较两张</translation>
  </message>
  <message>
   <source>Compare with</source>
   <translation>比较</translation>
  </message>
  <message>
   <source>Comparing with the plain pipeline</source>
   <translation>正在与原版管线比较</translation>
  </message>
  <message>
   <source>Comparison</source>
   <translation>比较</translation>
  </message>
  <message>
   <source>Conditional minus unconditional</source>
   <translation>条件减无条件</translation>
  </message>
  <message>
   <source>Constant</source>
   <translation>恒定</translation>
  </message>
  <message>
   <source>Contour</source>
   <translation>轮廓</translation>
  </message>
  <message>
   <source>Control</source>
   <translation>对照</translation>
  </message>
  <message>
   <source>Control: {before} → {after} ({change})</source>
   <translation>对照的损失 {before} → {after}（{change}）</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy the message and its details.</source>
   <translation>复制消息及其详情。</translation>
  </message>
  <message>
   <source>Copy the path</source>
   <translation>复制路径</translation>
  </message>
  <message>
   <source>Cosine</source>
   <translation>余弦</translation>
  </message>
  <message>
   <source>Cosine between tokens</source>
   <translation>词元间的余弦</translation>
  </message>
  <message>
   <source>Cosine between tokens, or with another prompt's</source>
   <translation>词元之间或与另一提示词之间的余弦</translation>
  </message>
  <message>
   <source>Cosine between tokens: {prompt}</source>
   <translation>词元间的余弦：{prompt}</translation>
  </message>
  <message>
   <source>Cosine between ε_∅ and ε_y</source>
   <translation>ε_∅ 与 ε_y 的余弦</translation>
  </message>
  <message>
   <source>Cosine of the angle between ε_∅ and ε_y at each step; 1: the words say nothing</source>
   <translation>每一步 ε_∅ 与 ε_y 夹角的余弦；1 表示文字没有作用</translation>
  </message>
  <message>
   <source>Cosine of the embeddings, token with token of one prompt</source>
   <translation>同一提示词各词元嵌入之间的余弦</translation>
  </message>
  <message>
   <source>Cosine of the two predictions</source>
   <translation>两个预测的余弦</translation>
  </message>
  <message>
   <source>Counted from 1</source>
   <translation>从 1 数起</translation>
  </message>
  <message>
   <source>Crop</source>
   <translation>裁剪</translation>
  </message>
  <message>
   <source>Cross-attention of every word, layer and head</source>
   <translation>每个词、层和注意力头的交叉注意力</translation>
  </message>
  <message>
   <source>Cross-attention: where each word lands, by step, layer and head</source>
   <translation>交叉注意力：每个词落在何处，按步、层和注意力头查看</translation>
  </message>
  <message>
   <source>Curve</source>
   <translation>曲线</translation>
  </message>
  <message>
   <source>Cut off, the text encoder takes {limit} tokens:</source>
   <translation>已截断，文本编码器只接受 {limit} 个词元：</translation>
  </message>
  <message>
   <source>Cut off: the text encoder did not read this. Shorten the prompt to follow it.</source>
   <translation>已截断：文本编码器没有读到这部分。请缩短提示词以跟踪它。</translation>
  </message>
  <message>
   <source>DAAM</source>
   <translation>DAAM</translation>
  </message>
  <message>
   <source>Decode</source>
   <translation>解码</translation>
  </message>
  <message>
   <source>Decode a sample μ + σ·ε of the posterior, not its mean μ</source>
   <translation>解码后验的一个样本 μ + σ·ε，而不是均值 μ</translation>
  </message>
  <message>
   <source>Decoded minus original, mean of the colours</source>
   <translation>解码图减原图，各颜色取均值</translation>
  </message>
  <message>
   <source>Decoding</source>
   <translation>正在解码</translation>
  </message>
  <message>
   <source>Decoding step {step} …</source>
   <translation>正在解码第 {step} 步…</translation>
  </message>
  <message>
   <source>Decoding …</source>
   <translation>正在解码…</translation>
  </message>
  <message>
   <source>Delete recordings</source>
   <translation>删除记录</translation>
  </message>
  <message>
   <source>Delete the chosen recordings from the disk.</source>
   <translation>从磁盘上删除选中的记录。</translation>
  </message>
  <message>
   <source>Delete the saved state, at the second press; the pictures stay where they are</source>
   <translation>按第二次时删除已保存的状态；图片仍留在原处</translation>
  </message>
  <message>
   <source>Delete {count} recordings from the disk? This cannot be undone.</source>
   <translation>从磁盘上删除 {count} 个记录？此操作无法撤销。</translation>
  </message>
  <message>
   <source>Denoised prediction x̂₀</source>
   <translation>去噪预测 x̂₀</translation>
  </message>
  <message>
   <source>Denoised prediction: what the model takes the end to be</source>
   <translation>去噪预测：模型认为的终点</translation>
  </message>
  <message>
   <source>Depth</source>
   <translation>深度</translation>
  </message>
  <message>
   <source>Describe the picture</source>
   <translation>描述图片</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>详情</translation>
  </message>
  <message>
   <source>Details of the message</source>
   <translation>消息详情</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>设备</translation>
  </message>
  <message>
   <source>Device and precision</source>
   <translation>设备与精度</translation>
  </message>
  <message>
   <source>Difference</source>
   <translation>差异</translation>
  </message>
  <message>
   <source>Difference between s = {first} and s = {second}</source>
   <translation>s = {first} 与 s = {second} 的差异</translation>
  </message>
  <message>
   <source>Difference of the two pictures</source>
   <translation>两张图片的差异</translation>
  </message>
  <message>
   <source>Digest</source>
   <translation>摘要</translation>
  </message>
  <message>
   <source>Discard</source>
   <translation>丢弃</translation>
  </message>
  <message>
   <source>Disk budget</source>
   <translation>磁盘限额</translation>
  </message>
  <message>
   <source>Dismiss</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Dismiss this message.</source>
   <translation>关闭此消息。</translation>
  </message>
  <message>
   <source>Done in {seconds:.1f} s</source>
   <translation>完成，用时 {seconds:.1f} 秒</translation>
  </message>
  <message>
   <source>Double-click to set this end of the slider</source>
   <translation>双击可设置滑块的这一端</translation>
  </message>
  <message>
   <source>Down and up blocks of one resolution alone, a quarter of the latent's (16² in SD 1.x); mean over steps, layers and heads.</source>
   <translation>仅取一种分辨率的下行块和上行块，即潜变量的四分之一（SD 1.x 中为 16²）；对步、层和注意力头取均值。</translation>
  </message>
  <message>
   <source>Drag the line, or press [ and ], to uncover one picture or the other; a double-click on it brings it to the middle. Wheel zooms, dragging pans, F fits.</source>
   <translation>拖动分界线或按 [ 和 ] 露出其中一张图片；双击它使其回到中间。滚轮缩放，拖动平移，F 适合窗口。</translation>
  </message>
  <message>
   <source>Draw a new seed (Ctrl+D).</source>
   <translation>抽取新种子（Ctrl+D）。</translation>
  </message>
  <message>
   <source>Draw another seed for the first noise.</source>
   <translation>为初始噪声另抽一个种子。</translation>
  </message>
  <message>
   <source>Draw curve</source>
   <translation>绘制曲线</translation>
  </message>
  <message>
   <source>Draw the loss over t</source>
   <translation>绘制损失随 t 的曲线</translation>
  </message>
  <message>
   <source>Drawing noise</source>
   <translation>正在抽取噪声</translation>
  </message>
  <message>
   <source>Drawing the loss over t</source>
   <translation>正在绘制损失随 t 的曲线</translation>
  </message>
  <message>
   <source>Drawing the noise …</source>
   <translation>正在抽取噪声…</translation>
  </message>
  <message>
   <source>Drawn scenes whose loss is taken before and after: what else has changed</source>
   <translation>在训练前后各计算一次损失的绘制场景：看还有什么随之改变</translation>
  </message>
  <message>
   <source>Drawn shapes</source>
   <translation>绘制的形状</translation>
  </message>
  <message>
   <source>Drop a picture here</source>
   <translation>将图片拖到此处</translation>
  </message>
  <message>
   <source>Drop a picture here, open or paste one, and write its caption: the denoiser is asked for the noise that is added to it, as in training. Or press Run (Ctrl+Return): the result of a run and its prompt will do, too.</source>
   <translation>将图片拖到此处，或打开、粘贴一张，并写下描述文字：去噪器会像训练时那样，被要求预测所加的噪声。也可以按“运行”（Ctrl+Return）：一次运行的结果及其提示词同样可用。</translation>
  </message>
  <message>
   <source>Drop a picture here, open or paste one, say in the caption what it shows, and press Invert: the noise that makes this picture is sought, step by step, and run back down. A recording of an inversion that is opened is shown here too.</source>
   <translation>将图片拖到此处，或打开、粘贴一张，在描述文字中说明所示内容，再按“反演”：会逐步求出生成这张图片的噪声，再往下运行回来。打开的反演记录也显示在这里。</translation>
  </message>
  <message>
   <source>Drop a picture here, open or paste one: it is encoded once, then the slider adds noise to its latent. Or press Run (Ctrl+Return) and take that run's result.</source>
   <translation>将图片拖到此处，或打开、粘贴一张：它只编码一次，之后滑块给它的潜变量加噪声。也可以按“运行”（Ctrl+Return），使用那次运行的结果。</translation>
  </message>
  <message>
   <source>Drop a picture here, open or paste one: it is encoded to a latent and decoded again. Or press Run (Ctrl+Return) and take that run's latent.</source>
   <translation>将图片拖到此处，或打开、粘贴一张：它会被编码为潜变量，再解码回来。也可以按“运行”（Ctrl+Return），使用那次运行的潜变量。</translation>
  </message>
  <message>
   <source>During the run</source>
   <translation>运行之中</translation>
  </message>
  <message>
   <source>EMA decay</source>
   <translation>EMA 衰减</translation>
  </message>
  <message>
   <source>Each channel its own range shows faint ones too; one range for all shows which are strong; one for the run shows when</source>
   <translation>每个通道用各自的范围，可看清微弱的通道；所有通道用同一范围，可看出哪些较强；整次运行用同一范围，可看出何时较强</translation>
  </message>
  <message>
   <source>Each channel's mean, standard deviation and range, and its value at the crosshair</source>
   <translation>每个通道的均值、标准差和范围，以及十字线处的值</translation>
  </message>
  <message>
   <source>Each step takes a batch of latents x₀, a random t and noise ε for each, makes x_t = √ᾱ·x₀ + √(1−ᾱ)·ε, and lets the UNet say ε from x_t, t and the caption. The loss is the mean of (ε − ε_θ)²; its gradient goes back through the UNet, and AdamW takes a step. Now and then the caption is the empty one, so that there is an ε_∅ to guide away from. A single loss says little, since it depends on t far more than on how well the UNet has learnt: look at the smoothed line, at the pictures, and at the mean loss before and after, which is taken at the same t and ε.

What is trained is a copy: all weights, or a LoRA, W + (α/r)·B·A. A small batch of pictures is soon learnt by heart; the control, drawn scenes that are not trained on, shows what that cost.</source>
   <translation>每一步取一批潜变量 x₀，为每个潜变量随机抽取 t 和噪声 ε，得到 x_t = √ᾱ·x₀ + √(1−ᾱ)·ε，让 UNet 由 x_t、t 和描述文字预测 ε。损失是 (ε − ε_θ)² 的均值；它的梯度反向传过 UNet，AdamW 据此走一步。描述文字有时换成空的，这样就有 ε_∅ 可供引导远离。单个损失说明不了什么，因为它取决于 t 的程度远大于 UNet 学得如何：请看平滑后的曲线、图片，以及训练前后在相同 t 和 ε 下计算的平均损失。

训练的是一个副本：全部权重，或一个 LoRA，W + (α/r)·B·A。图片少时很快就会被背下来；对照，即不参与训练的绘制场景，显示为此付出的代价。</translation>
  </message>
  <message>
   <source>Each tensor: its name, shape, precision and number of values</source>
   <translation>每个张量的名称、形状、精度和数值个数</translation>
  </message>
  <message>
   <source>Edits</source>
   <translation>干预</translation>
  </message>
  <message>
   <source>Embedding</source>
   <translation>嵌入</translation>
  </message>
  <message>
   <source>Embedding: tokens and numbers</source>
   <translation>嵌入：词元与数值</translation>
  </message>
  <message>
   <source>Encode a picture</source>
   <translation>编码图片</translation>
  </message>
  <message>
   <source>Encode the picture in the clipboard</source>
   <translation>编码剪贴板中的图片</translation>
  </message>
  <message>
   <source>Encoding a picture</source>
   <translation>正在编码图片</translation>
  </message>
  <message>
   <source>Encoding pictures and captions, taking the loss before …</source>
   <translation>正在编码图片和描述文字，并计算训练前的损失…</translation>
  </message>
  <message>
   <source>Encoding the text</source>
   <translation>正在编码文本</translation>
  </message>
  <message>
   <source>Encoding {name} …</source>
   <translation>正在编码 {name}…</translation>
  </message>
  <message>
   <source>End here</source>
   <translation>到此结束</translation>
  </message>
  <message>
   <source>End of the text</source>
   <translation>文本结束</translation>
  </message>
  <message>
   <source>End the average</source>
   <translation>结束平均</translation>
  </message>
  <message>
   <source>End.</source>
   <translation>结束程序。</translation>
  </message>
  <message>
   <source>Enlarge pictures and x̂₀ previews smoothly; without it every pixel is seen.</source>
   <translation>平滑地放大图片和 x̂₀ 预览；不平滑时可看到每个像素。</translation>
  </message>
  <message>
   <source>Enlarge the map to the picture as the recipe does; off shows its own cells</source>
   <translation>按配方的方式将图放大到图片尺寸；关闭则显示其自身的网格</translation>
  </message>
  <message>
   <source>Entries of the vocabulary whose own embeddings have the greatest cosine</source>
   <translation>词表中自身嵌入余弦最大的条目</translation>
  </message>
  <message>
   <source>Error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>Every</source>
   <translation>间隔步数</translation>
  </message>
  <message>
   <source>Every call</source>
   <translation>每次调用</translation>
  </message>
  <message>
   <source>Every channel's value at the pixel under the cursor; click to choose a channel</source>
   <translation>光标所指像素处每个通道的值；单击以选择通道</translation>
  </message>
  <message>
   <source>Every command by its name.</source>
   <translation>按名称列出所有命令。</translation>
  </message>
  <message>
   <source>Every cross-attention, the middle block's too</source>
   <translation>每个交叉注意力，包括中间块</translation>
  </message>
  <message>
   <source>Every head of the selected layer</source>
   <translation>所选层的每个注意力头</translation>
  </message>
  <message>
   <source>Every module of the model; choosing one selects it everywhere.</source>
   <translation>模型的所有模块；选择一个即在所有视图中选中。</translation>
  </message>
  <message>
   <source>Every step of the run added up</source>
   <translation>运行的所有步相加</translation>
  </message>
  <message>
   <source>Exchange this channel with another</source>
   <translation>将此通道与另一个通道互换</translation>
  </message>
  <message>
   <source>Explain</source>
   <translation>说明</translation>
  </message>
  <message>
   <source>Export</source>
   <translation>导出</translation>
  </message>
  <message>
   <source>F&amp;ull screen</source>
   <translation>全屏(&amp;U)</translation>
  </message>
  <message>
   <source>Facts of the selected module</source>
   <translation>所选模块的信息</translation>
  </message>
  <message>
   <source>Fading</source>
   <translation>渐隐</translation>
  </message>
  <message>
   <source>Figure</source>
   <translation>图</translation>
  </message>
  <message>
   <source>Film strip</source>
   <translation>胶片条</translation>
  </message>
  <message>
   <source>Find anew</source>
   <translation>重新求解</translation>
  </message>
  <message>
   <source>Find the components anew</source>
   <translation>重新求主成分</translation>
  </message>
  <message>
   <source>Find the noise that makes a picture of your own, and run it back</source>
   <translation>求出生成您自己图片的噪声，再运行回来</translation>
  </message>
  <message>
   <source>Find the noise that makes a picture of your own, by DDIM inversion.</source>
   <translation>用 DDIM 反演求出生成您自己图片的噪声。</translation>
  </message>
  <message>
   <source>Find the principal components in the step that is shown. Another module, branch or recording finds its own; steps share them, so that colours compare.</source>
   <translation>在所示的步中求主成分。其他模块、分支或记录各自求解；各步共用，使颜色可以比较。</translation>
  </message>
  <message>
   <source>First scale</source>
   <translation>第一个尺度</translation>
  </message>
  <message>
   <source>First step</source>
   <translation>首步</translation>
  </message>
  <message>
   <source>Fit</source>
   <translation>适合窗口</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>For any text: heads and steps added up, resized linearly, mean over the down and up blocks; masks at a fraction of the maximum.</source>
   <translation>适用于任意文本：注意力头和步相加，线性缩放，对下行块和上行块取均值；掩码取最大值的一定比例。</translation>
  </message>
  <message>
   <source>Fork the way down at the chosen level with this prompt and scale: from the right end the whole picture is made anew, further left less of it changes</source>
   <translation>在所选级别处用此提示词和尺度分叉回程：从最右端开始，整张图片重新生成；越靠左，改变越少</translation>
  </message>
  <message>
   <source>Forked from</source>
   <translation>分叉自</translation>
  </message>
  <message>
   <source>Forward again.</source>
   <translation>再次前进。</translation>
  </message>
  <message>
   <source>From</source>
   <translation>来源</translation>
  </message>
  <message>
   <source>From here on</source>
   <translation>从此往后</translation>
  </message>
  <message>
   <source>From one step to another, added up</source>
   <translation>从某步到某步，相加</translation>
  </message>
  <message>
   <source>From step</source>
   <translation>起始步</translation>
  </message>
  <message>
   <source>From the first scale to the second in a straight line</source>
   <translation>从第一个尺度直线变到第二个</translation>
  </message>
  <message>
   <source>From the first scale to the second, slow at both ends</source>
   <translation>从第一个尺度变到第二个，两端缓慢</translation>
  </message>
  <message>
   <source>From {t} on</source>
   <translation>从 {t} 起</translation>
  </message>
  <message>
   <source>G&amp;uidance</source>
   <translation>引导(&amp;U)</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Go on from the saved state, with its own settings</source>
   <translation>从保存的状态继续，沿用其自身的设置</translation>
  </message>
  <message>
   <source>Go on with</source>
   <translation>继续使用</translation>
  </message>
  <message>
   <source>Go round the top bar, the docks and the view in front.</source>
   <translation>在顶栏、停靠面板和当前视图之间轮换。</translation>
  </message>
  <message>
   <source>Go to the visited timestep above (Ctrl+Right)</source>
   <translation>转到更大的下一个经过的时间步（Ctrl+右）</translation>
  </message>
  <message>
   <source>Go to the visited timestep below (Ctrl+Left)</source>
   <translation>转到更小的上一个经过的时间步（Ctrl+左）</translation>
  </message>
  <message>
   <source>Gradients in the tree</source>
   <translation>树中显示梯度</translation>
  </message>
  <message>
   <source>Guidance</source>
   <translation>引导</translation>
  </message>
  <message>
   <source>Guidance rescale</source>
   <translation>引导重缩放</translation>
  </message>
  <message>
   <source>Guidance rescale φ</source>
   <translation>引导重缩放 φ</translation>
  </message>
  <message>
   <source>Guidance rescale, branches, image to image, and what is recorded.</source>
   <translation>引导重缩放、分支、图生图以及记录内容。</translation>
  </message>
  <message>
   <source>Guidance scale</source>
   <translation>引导尺度</translation>
  </message>
  <message>
   <source>Guidance scale by step</source>
   <translation>各步的引导尺度</translation>
  </message>
  <message>
   <source>Guidance scale from there on</source>
   <translation>从该处起的引导尺度</translation>
  </message>
  <message>
   <source>Guidance scale of both ways</source>
   <translation>去程与回程的引导尺度</translation>
  </message>
  <message>
   <source>Guidance scale of these pictures</source>
   <translation>这些图片的引导尺度</translation>
  </message>
  <message>
   <source>Guidance scale over the steps</source>
   <translation>引导尺度随步数的变化</translation>
  </message>
  <message>
   <source>Guidance scale s</source>
   <translation>引导尺度 s</translation>
  </message>
  <message>
   <source>Guidance scale s at each step. Draw with the mouse; with Shift a straight line leads from the last point. Arrow keys choose a step and change its scale, Backspace takes the recorded one.</source>
   <translation>每一步的引导尺度 s。用鼠标绘制；按住 Shift 从上一点画直线。方向键选择步并改变其尺度，退格键取用记录的值。</translation>
  </message>
  <message>
   <source>Guidance scale s from the chosen level on; above 1 the prompt is followed more</source>
   <translation>从所选级别起的引导尺度 s；大于 1 时更强地遵循提示词</translation>
  </message>
  <message>
   <source>Guidance scale s of both ways: up to 1 the conditional branch alone; above 1 the picture does not come back</source>
   <translation>去程与回程的引导尺度 s：不大于 1 时只用条件分支；大于 1 时图片无法返回</translation>
  </message>
  <message>
   <source>Guidance scale s, as a number</source>
   <translation>引导尺度 s（数值）</translation>
  </message>
  <message>
   <source>Guidance scale s: ε = ε_∅ + s·(ε_y − ε_∅). 1 follows the prompt plainly, higher values more strongly; at 1 and below diffusers ignores it and runs the conditional branch alone. Double-click the slider for 7.5.</source>
   <translation>引导尺度 s：ε = ε_∅ + s·(ε_y − ε_∅)。1 表示直接遵循提示词，值越大遵循越强；不大于 1 时 diffusers 忽略它，只运行条件分支。双击滑块恢复为 7.5。</translation>
  </message>
  <message>
   <source>Guidance scale s: ε = ε_∅ + s·(ε_y − ε_∅). Drag, turn the wheel (with Ctrl ten times as far) or use the arrow keys, Page Up and Page Down. Double-click for {scale}.</source>
   <translation>引导尺度 s：ε = ε_∅ + s·(ε_y − ε_∅)。可拖动、转动滚轮（按 Ctrl 为十倍）或用方向键、Page Up 与 Page Down。双击为 {scale}。</translation>
  </message>
  <message>
   <source>Guidance scale, slider</source>
   <translation>引导尺度，滑块</translation>
  </message>
  <message>
   <source>Guidance scales</source>
   <translation>引导尺度</translation>
  </message>
  <message>
   <source>Guidance sweep: {prompt}</source>
   <translation>引导扫描：{prompt}</translation>
  </message>
  <message>
   <source>Head</source>
   <translation>注意力头</translation>
  </message>
  <message>
   <source>Head {number}</source>
   <translation>注意力头 {number}</translation>
  </message>
  <message>
   <source>Heads</source>
   <translation>注意力头</translation>
  </message>
  <message>
   <source>Heads added up, resized linearly, mean over steps and all layers, the middle block included.</source>
   <translation>注意力头相加，线性缩放，对步和所有层（含中间块）取均值。</translation>
  </message>
  <message>
   <source>Heat column</source>
   <translation>热度列</translation>
  </message>
  <message>
   <source>Heat map</source>
   <translation>热力图</translation>
  </message>
  <message>
   <source>Height in pixels</source>
   <translation>高度（像素）</translation>
  </message>
  <message>
   <source>Hertz et al. 2022, arXiv 2208.01626; aggregate_attention of its notebooks</source>
   <translation>Hertz et al. 2022，arXiv 2208.01626；其 notebook 中的 aggregate_attention</translation>
  </message>
  <message>
   <source>Histogram</source>
   <translation>直方图</translation>
  </message>
  <message>
   <source>Histogram and statistics</source>
   <translation>直方图与统计</translation>
  </message>
  <message>
   <source>Hold to see the picture without the map (O or Space)</source>
   <translation>按住以查看不带热力图的图片（O 或空格）</translation>
  </message>
  <message>
   <source>How a picture is brought to a size that the VAE takes</source>
   <translation>如何将图片变为 VAE 可接受的尺寸</translation>
  </message>
  <message>
   <source>How alike both pictures are</source>
   <translation>两张图片的相似程度</translation>
  </message>
  <message>
   <source>How far back into noise the picture goes: 0 leaves it, 1 forgets it.</source>
   <translation>图片退回噪声的程度：0 保持原样，1 完全遗忘。</translation>
  </message>
  <message>
   <source>How far the inversion is</source>
   <translation>反演的进展</translation>
  </message>
  <message>
   <source>How far the training is</source>
   <translation>训练的进展</translation>
  </message>
  <message>
   <source>How heads, layers and steps are put together</source>
   <translation>注意力头、层和步的汇总方式</translation>
  </message>
  <message>
   <source>How many of the last layers are left out</source>
   <translation>略去末尾多少层</translation>
  </message>
  <message>
   <source>How many scenes of coloured shapes are drawn</source>
   <translation>绘制多少个彩色形状的场景</translation>
  </message>
  <message>
   <source>How many seeds: the one that is looked at, and those after it</source>
   <translation>多少个种子：当前查看的种子及其后的种子</translation>
  </message>
  <message>
   <source>How many steps each scheduler is asked for</source>
   <translation>要求每个调度器走多少步</translation>
  </message>
  <message>
   <source>How much noise the picture gets: t from 0 (none) to 999; one denoiser call each.</source>
   <translation>给图片加多少噪声：t 从 0（无）到 999；每个时间步调用一次去噪器。</translation>
  </message>
  <message>
   <source>How much noise: drag, or press Left, Right, Page Up, Page Down, Home, End; with Ctrl, Left and Right go to the next tick</source>
   <translation>噪声多少：可拖动，或按左、右、Page Up、Page Down、Home、End；按住 Ctrl 时左右键跳到相邻刻度</translation>
  </message>
  <message>
   <source>How often each value occurs; point at it to read the counts.</source>
   <translation>每个值出现的次数；指向它可读取计数。</translation>
  </message>
  <message>
   <source>How often the caption is the empty one: that trains ε_∅, which guidance needs</source>
   <translation>描述文字为空的频率：这样训练出引导所需的 ε_∅</translation>
  </message>
  <message>
   <source>How the denoised prediction follows from latent and output</source>
   <translation>去噪预测如何由潜变量和输出得到</translation>
  </message>
  <message>
   <source>How the module's output changes from call to call; click to go there</source>
   <translation>模块的输出如何随每次调用变化；单击可跳转</translation>
  </message>
  <message>
   <source>How the picture is brought to the model's size</source>
   <translation>如何将图片变为模型的尺寸</translation>
  </message>
  <message>
   <source>Identity with the plain pipeline: {text}</source>
   <translation>与原版管线是否一致：{text}</translation>
  </message>
  <message>
   <source>Ids, pieces, and the nearest entries</source>
   <translation>编号、词片与最近的词条</translation>
  </message>
  <message>
   <source>Image</source>
   <translation>图像</translation>
  </message>
  <message>
   <source>Interval</source>
   <translation>区间</translation>
  </message>
  <message>
   <source>Invert</source>
   <translation>反演</translation>
  </message>
  <message>
   <source>Invert a picture</source>
   <translation>反演图片</translation>
  </message>
  <message>
   <source>Inverting a picture</source>
   <translation>正在反演图片</translation>
  </message>
  <message>
   <source>Is added to the channel before it is decoded; a double-click brings 0 back</source>
   <translation>解码之前加到该通道上的值；双击恢复为 0</translation>
  </message>
  <message>
   <source>Is this picture identical to the plain pipeline's? Press to run plain diffusers with the same settings and compare the final latents bit for bit.</source>
   <translation>这张图片与原版管线的结果一致吗？按下即以相同设置运行原版 diffusers，并逐位比较最终潜变量。</translation>
  </message>
  <message>
   <source>Its change since the call before</source>
   <translation>相对上一次调用的变化</translation>
  </message>
  <message>
   <source>Keep</source>
   <translation>保留</translation>
  </message>
  <message>
   <source>Keep the exponential moving average of the weights; 0 keeps the weights</source>
   <translation>保留权重的指数移动平均；0 表示保留权重本身</translation>
  </message>
  <message>
   <source>Keep the order</source>
   <translation>保持顺序</translation>
  </message>
  <message>
   <source>Keep the order of this step while others are looked at</source>
   <translation>查看其他步时保持本步的顺序</translation>
  </message>
  <message>
   <source>Keep the seed</source>
   <translation>保持种子</translation>
  </message>
  <message>
   <source>Keep the seed from run to run; otherwise each run draws a new one.</source>
   <translation>每次运行使用同一种子；否则每次抽取新种子。</translation>
  </message>
  <message>
   <source>Keep the steps before the chosen one and run on with this curve</source>
   <translation>保留所选步之前的各步，用此曲线继续运行</translation>
  </message>
  <message>
   <source>Kept as a recording.</source>
   <translation>已保存为记录。</translation>
  </message>
  <message>
   <source>Kept. Click one to open it.</source>
   <translation>已保留。点击一张即可打开。</translation>
  </message>
  <message>
   <source>Kernels</source>
   <translation>卷积核</translation>
  </message>
  <message>
   <source>Kernels of the convolution</source>
   <translation>卷积的卷积核</translation>
  </message>
  <message>
   <source>Kernels shown</source>
   <translation>所示卷积核</translation>
  </message>
  <message>
   <source>Keyboard shortcuts</source>
   <translation>键盘快捷键</translation>
  </message>
  <message>
   <source>Keys</source>
   <translation>按键</translation>
  </message>
  <message>
   <source>Kind</source>
   <translation>种类</translation>
  </message>
  <message>
   <source>Language of the window, from the next start on.</source>
   <translation>窗口的语言，下次启动时生效。</translation>
  </message>
  <message>
   <source>Large map</source>
   <translation>大图</translation>
  </message>
  <message>
   <source>Largest difference of the final latents. Press to check again.</source>
   <translation>最终潜变量的最大差异。按下可再次检查。</translation>
  </message>
  <message>
   <source>Largest probability: where the word has a place</source>
   <translation>最大概率：词在图中是否有位置</translation>
  </message>
  <message>
   <source>Last step</source>
   <translation>末步</translation>
  </message>
  <message>
   <source>Latent</source>
   <translation>潜变量</translation>
  </message>
  <message>
   <source>Latent as red, green, blue and alpha, each from its lowest to its highest</source>
   <translation>潜变量显示为红、绿、蓝和 alpha，各自从最小值到最大值</translation>
  </message>
  <message>
   <source>Latent x_t</source>
   <translation>潜变量 x_t</translation>
  </message>
  <message>
   <source>Latent, decoded</source>
   <translation>解码后的潜变量</translation>
  </message>
  <message>
   <source>Latent: {name}</source>
   <translation>潜变量：{name}</translation>
  </message>
  <message>
   <source>Latents</source>
   <translation>潜变量</translation>
  </message>
  <message>
   <source>Latents as</source>
   <translation>潜变量显示为</translation>
  </message>
  <message>
   <source>Latents as colours through the linear map, or one channel of them and its error</source>
   <translation>潜变量经线性映射显示为颜色，或显示其一个通道及该通道的误差</translation>
  </message>
  <message>
   <source>Layer</source>
   <translation>层</translation>
  </message>
  <message>
   <source>Layers</source>
   <translation>层</translation>
  </message>
  <message>
   <source>Layers of that resolution</source>
   <translation>该分辨率的层</translation>
  </message>
  <message>
   <source>Layers × steps</source>
   <translation>层 × 步</translation>
  </message>
  <message>
   <source>Layers × steps: where and when the word is heard</source>
   <translation>层 × 步：词在何处、何时受到关注</translation>
  </message>
  <message>
   <source>Learning rate</source>
   <translation>学习率</translation>
  </message>
  <message>
   <source>Learning rate by step</source>
   <translation>各步的学习率</translation>
  </message>
  <message>
   <source>Leave the map as it is</source>
   <translation>热力图保持不变</translation>
  </message>
  <message>
   <source>Left out:</source>
   <translation>已略去：</translation>
  </message>
  <message>
   <source>Length of the error, ‖x̂₀ − x₀‖, and its share of ‖x₀‖</source>
   <translation>误差的长度 ‖x̂₀ − x₀‖，及其与 ‖x₀‖ 之比</translation>
  </message>
  <message>
   <source>Let the next run start from this latent (image to image)</source>
   <translation>让下一次运行从此潜变量开始（图生图）</translation>
  </message>
  <message>
   <source>Letting go keeps the steps before and runs on from the chosen one</source>
   <translation>松开后保留之前的各步，并从所选步继续运行</translation>
  </message>
  <message>
   <source>Letting the slider go runs on from step {step}.</source>
   <translation>松开滑块即从第 {step} 步继续运行。</translation>
  </message>
  <message>
   <source>Libraries</source>
   <translation>库</translation>
  </message>
  <message>
   <source>Linear</source>
   <translation>线性</translation>
  </message>
  <message>
   <source>Live</source>
   <translation>实时</translation>
  </message>
  <message>
   <source>Live guidance</source>
   <translation>实时引导</translation>
  </message>
  <message>
   <source>Live guidance scale</source>
   <translation>实时引导尺度</translation>
  </message>
  <message>
   <source>LoRA</source>
   <translation>LoRA</translation>
  </message>
  <message>
   <source>Look at a picture</source>
   <translation>查看图片</translation>
  </message>
  <message>
   <source>Look at the final latent of the run that is shown, with its prompt</source>
   <translation>查看所示运行的最终潜变量及其提示词</translation>
  </message>
  <message>
   <source>Look at the picture in the clipboard</source>
   <translation>查看剪贴板中的图片</translation>
  </message>
  <message>
   <source>Look for new recordings.</source>
   <translation>查找新记录。</translation>
  </message>
  <message>
   <source>Looking at the objective</source>
   <translation>正在计算训练目标</translation>
  </message>
  <message>
   <source>Looking for models</source>
   <translation>正在查找模型</translation>
  </message>
  <message>
   <source>Looking for pictures</source>
   <translation>正在查找图片</translation>
  </message>
  <message>
   <source>Looking through the recordings …</source>
   <translation>正在查看各记录…</translation>
  </message>
  <message>
   <source>Loss by step</source>
   <translation>各步的损失</translation>
  </message>
  <message>
   <source>Loss over t</source>
   <translation>损失随 t 的变化</translation>
  </message>
  <message>
   <source>Loss over t of “{caption}”</source>
   <translation>“{caption}”的损失随 t 的变化</translation>
  </message>
  <message>
   <source>Loss over t, {caption}, seeds {seeds}</source>
   <translation>各 t 的损失，{caption}，种子 {seeds}</translation>
  </message>
  <message>
   <source>Losses of this draw</source>
   <translation>本次抽样的损失</translation>
  </message>
  <message>
   <source>Lower end of the scale</source>
   <translation>刻度下端</translation>
  </message>
  <message>
   <source>Made</source>
   <translation>创建于</translation>
  </message>
  <message>
   <source>Made again with the same seed each time</source>
   <translation>每次用同一种子重新生成</translation>
  </message>
  <message>
   <source>Made from the same seed after so many steps; a click marks the step in the plots</source>
   <translation>训练若干步之后由同一种子生成；单击可在图表中标记该步</translation>
  </message>
  <message>
   <source>Makes the next latent from the noise prediction, once a call.</source>
   <translation>由噪声预测得到下一个潜变量，每次调用一次。</translation>
  </message>
  <message>
   <source>Map alone</source>
   <translation>仅热力图</translation>
  </message>
  <message>
   <source>Maps of all heads at every call.</source>
   <translation>每次调用时所有注意力头的图。</translation>
  </message>
  <message>
   <source>Marcos-Manchón et al., CVPR 2024, arXiv 2403.14291; package ovam</source>
   <translation>Marcos-Manchón et al.，CVPR 2024，arXiv 2403.14291；ovam 包</translation>
  </message>
  <message>
   <source>Mark the timesteps that a scheduler visits; those of the page before are listed</source>
   <translation>标出调度器经过的时间步；列出的是“噪声级别”页中的调度器</translation>
  </message>
  <message>
   <source>Matrix of tokens and channels</source>
   <translation>词元与通道的矩阵</translation>
  </message>
  <message>
   <source>Mean</source>
   <translation>均值</translation>
  </message>
  <message>
   <source>Mean absolute difference of the two pictures' colours, 0 to 255</source>
   <translation>两张图片颜色的平均绝对差，0 到 255</translation>
  </message>
  <message>
   <source>Mean of the lowest tenth of t: {lowest}, of the highest: {highest}. Ratio {ratio}.</source>
   <translation>t 最低十分之一的均值：{lowest}，最高十分之一：{highest}。比值 {ratio}。</translation>
  </message>
  <message>
   <source>Mean over steps, layers and heads; every cell of a layer's grid keeps its value, nothing is interpolated.</source>
   <translation>对步、层和注意力头取均值；每层网格的每一格保持原值，不作插值。</translation>
  </message>
  <message>
   <source>Mean over the seeds, whiskers from the lowest to the highest. A click or the arrow keys choose the t that is looked at.</source>
   <translation>各种子的均值，须线从最低值到最高值。单击或用方向键选择要查看的 t。</translation>
  </message>
  <message>
   <source>Mean probability: how much the word is heard</source>
   <translation>平均概率：词受到多少关注</translation>
  </message>
  <message>
   <source>Mean squared error of each batch and its exponential mean; a click marks a step</source>
   <translation>每批的均方误差及其指数平均；单击可标记一步</translation>
  </message>
  <message>
   <source>Mean squared error over channels, rows and columns, with the caption and without</source>
   <translation>对通道、行和列的均方误差，带描述文字与不带</translation>
  </message>
  <message>
   <source>Mean |x| of each output</source>
   <translation>各输出的平均 |x|</translation>
  </message>
  <message>
   <source>Mean μ, deviation σ and D of the channel as it was encoded; of N(0, 1) they are 0, 1 and 0. D is the greatest distance between the cumulative distributions (Kolmogorov–Smirnov).</source>
   <translation>该通道编码所得的均值 μ、标准差 σ 与 D；N(0, 1) 的三者为 0、1 和 0。D 是两个累积分布之间的最大距离（Kolmogorov–Smirnov）。</translation>
  </message>
  <message>
   <source>Mean, deviation, extremes of resnets, transformer blocks and samplers.</source>
   <translation>resnet、transformer 块和采样层的均值、标准差与极值。</translation>
  </message>
  <message>
   <source>Mean, standard deviation, range, mean magnitude and the share of exact zeros</source>
   <translation>均值、标准差、范围、平均绝对值以及恰为零的比例</translation>
  </message>
  <message>
   <source>Measure</source>
   <translation>度量</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>内存</translation>
  </message>
  <message>
   <source>Memory that this program holds.</source>
   <translation>本程序占用的内存。</translation>
  </message>
  <message>
   <source>Message</source>
   <translation>消息</translation>
  </message>
  <message>
   <source>Method</source>
   <translation>方法</translation>
  </message>
  <message>
   <source>Min-SNR γ</source>
   <translation>Min-SNR γ</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Model's ({name})</source>
   <translation>模型自带（{name}）</translation>
  </message>
  <message>
   <source>Model's own</source>
   <translation>模型自带</translation>
  </message>
  <message>
   <source>Module shown</source>
   <translation>所示模块</translation>
  </message>
  <message>
   <source>Module tree</source>
   <translation>模块树</translation>
  </message>
  <message>
   <source>More settings of the run</source>
   <translation>更多运行设置</translation>
  </message>
  <message>
   <source>Mosaic of maps</source>
   <translation>图块拼图</translation>
  </message>
  <message>
   <source>Move this future to your recordings; otherwise it goes when the program closes</source>
   <translation>把这个未来移到您的记录中；否则程序关闭时即消失</translation>
  </message>
  <message>
   <source>Moving changes the steps still to come of the run that goes</source>
   <translation>移动会改变正在进行的运行中尚未到来的各步</translation>
  </message>
  <message>
   <source>Multiplies the channel before it is decoded; a double-click brings 1 back</source>
   <translation>解码之前与该通道相乘的值；双击恢复为 1</translation>
  </message>
  <message>
   <source>NPZ, numpy arrays</source>
   <translation>NPZ，numpy 数组</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>名称</translation>
  </message>
  <message>
   <source>Name of a command</source>
   <translation>命令名称</translation>
  </message>
  <message>
   <source>Name of the module within the one above</source>
   <translation>模块在上级中的名称</translation>
  </message>
  <message>
   <source>Negative prompt</source>
   <translation>反向提示词</translation>
  </message>
  <message>
   <source>New seed</source>
   <translation>新种子</translation>
  </message>
  <message>
   <source>Next message</source>
   <translation>下一条消息</translation>
  </message>
  <message>
   <source>Next tick</source>
   <translation>下一刻度</translation>
  </message>
  <message>
   <source>No bars</source>
   <translation>无条形</translation>
  </message>
  <message>
   <source>No curve</source>
   <translation>无曲线</translation>
  </message>
  <message>
   <source>No map of this word yet.</source>
   <translation>还没有这个词的图。</translation>
  </message>
  <message>
   <source>No model is open</source>
   <translation>没有打开的模型</translation>
  </message>
  <message>
   <source>No other recording holds “{word}” with attention. Run the prompt with another seed.</source>
   <translation>没有其他带注意力的记录含有“{word}”。请用另一个种子运行该提示词。</translation>
  </message>
  <message>
   <source>No step</source>
   <translation>没有步</translation>
  </message>
  <message>
   <source>No step is recorded yet: press Run (Ctrl+Return), or open a recording.</source>
   <translation>还没有记录任何一步：按“运行”（Ctrl+Return），或打开一个记录。</translation>
  </message>
  <message>
   <source>Noise a picture</source>
   <translation>给图片加噪</translation>
  </message>
  <message>
   <source>Noise beside a picture left at its own size, √((1−ᾱ)/ᾱ)</source>
   <translation>图片保持原有大小时所加的噪声，√((1−ᾱ)/ᾱ)</translation>
  </message>
  <message>
   <source>Noise level</source>
   <translation>噪声级别</translation>
  </message>
  <message>
   <source>Noise levels</source>
   <translation>噪声级别</translation>
  </message>
  <message>
   <source>Noise levels: which ones schedulers visit, and what they do to a picture</source>
   <translation>噪声级别：调度器经过哪些级别，以及它们对图片的影响</translation>
  </message>
  <message>
   <source>Noise prediction with the prompt</source>
   <translation>带提示词的噪声预测</translation>
  </message>
  <message>
   <source>Noise prediction without the prompt</source>
   <translation>不带提示词的噪声预测</translation>
  </message>
  <message>
   <source>Noise prediction, conditional</source>
   <translation>噪声预测，条件</translation>
  </message>
  <message>
   <source>Noise prediction, guided</source>
   <translation>噪声预测，引导后</translation>
  </message>
  <message>
   <source>Noise prediction, unconditional</source>
   <translation>噪声预测，无条件</translation>
  </message>
  <message>
   <source>Noise schedule of the training: {quantity}</source>
   <translation>训练的噪声调度：{quantity}</translation>
  </message>
  <message>
   <source>Noise schedule with the visited timesteps</source>
   <translation>噪声调度与经过的时间步</translation>
  </message>
  <message>
   <source>Norms of the predictions</source>
   <translation>预测的范数</translation>
  </message>
  <message>
   <source>Norms, cosine and the scale as a curve</source>
   <translation>范数、余弦与尺度曲线</translation>
  </message>
  <message>
   <source>Not allowed to use {path}. Choose another folder.</source>
   <translation>无权使用 {path}。请选择其他文件夹。</translation>
  </message>
  <message>
   <source>Not of the prompt: asked of the recorded queries (OVAM). Delete takes it away.</source>
   <translation>不属于提示词：由已记录的 query 查询得到（OVAM）。按 Delete 移除。</translation>
  </message>
  <message>
   <source>Nothing found. Try part of a path, a class, or a kind such as “attention”.</source>
   <translation>没有找到。请尝试路径的一部分、类名，或种类，例如“attention”。</translation>
  </message>
  <message>
   <source>Nothing is run.</source>
   <translation>不会运行任何东西。</translation>
  </message>
  <message>
   <source>Nothing selected</source>
   <translation>未选择</translation>
  </message>
  <message>
   <source>Nothing to show yet: press Run (Ctrl+Return), or open a recording.</source>
   <translation>还没有可显示的内容：按“运行”（Ctrl+Return），或打开一个记录。</translation>
  </message>
  <message>
   <source>Nothing to tell yet: press Run (Ctrl+Return), or open a recording.</source>
   <translation>还没有可说明的内容：按“运行”（Ctrl+Return），或打开一个记录。</translation>
  </message>
  <message>
   <source>Number of inference steps. Some schedulers call the denoiser twice a step.</source>
   <translation>推理步数。有些调度器每步调用去噪器两次。</translation>
  </message>
  <message>
   <source>Number of matches</source>
   <translation>匹配数</translation>
  </message>
  <message>
   <source>Number of parameters</source>
   <translation>参数个数</translation>
  </message>
  <message>
   <source>Numbers learnt, here and below</source>
   <translation>此处及以下学到的参数个数</translation>
  </message>
  <message>
   <source>O&amp;bserve a picture…</source>
   <translation>观察图片(&amp;B)…</translation>
  </message>
  <message>
   <source>OVAM</source>
   <translation>OVAM</translation>
  </message>
  <message>
   <source>Observe a picture</source>
   <translation>观察图片</translation>
  </message>
  <message>
   <source>Observing a picture</source>
   <translation>正在观察图片</translation>
  </message>
  <message>
   <source>Of the order of pictures, of t, ε and dropout</source>
   <translation>决定图片顺序、t、ε 和描述丢弃的种子</translation>
  </message>
  <message>
   <source>On picture</source>
   <translation>叠加图片</translation>
  </message>
  <message>
   <source>On x̂₀</source>
   <translation>叠加 x̂₀</translation>
  </message>
  <message>
   <source>One channel: click a tile, or use the arrow keys</source>
   <translation>单个通道：单击一个图块，或使用方向键</translation>
  </message>
  <message>
   <source>One denoiser call a step; the recording keeps the answer</source>
   <translation>每步调用一次去噪器；结果保存在记录中</translation>
  </message>
  <message>
   <source>One draw of the objective, {where}</source>
   <translation>训练目标的一次抽样，{where}</translation>
  </message>
  <message>
   <source>One for all pictures; empty: each has its own</source>
   <translation>所有图片共用一条；留空则各用各的</translation>
  </message>
  <message>
   <source>One picture pixel on one of the screen (1)</source>
   <translation>图片像素与屏幕像素一一对应（1）</translation>
  </message>
  <message>
   <source>One picture, the handle drawn across it: [ and ]</source>
   <translation>一张图片，分界线可横向拖动：[ 和 ]</translation>
  </message>
  <message>
   <source>One range of colours for all small maps, so that they compare</source>
   <translation>所有小图使用同一颜色范围，便于比较</translation>
  </message>
  <message>
   <source>One range of values for all channels and all steps, so that they compare</source>
   <translation>所有通道和所有步使用同一取值范围，便于比较</translation>
  </message>
  <message>
   <source>One row a scheduler, from the right: its calls, with their steps' numbers. Rings are further calls of a step. Click a dot to see a picture at that timestep.</source>
   <translation>每个调度器一行，从右端开始：它的各次调用及步的编号。圆环是同一步的再次调用。单击圆点可查看该时间步的图片。</translation>
  </message>
  <message>
   <source>One step back (Left)</source>
   <translation>后退一步（左）</translation>
  </message>
  <message>
   <source>One step on (Right)</source>
   <translation>前进一步（右）</translation>
  </message>
  <message>
   <source>Only a run can be run on: this recording looks at a given picture.</source>
   <translation>只有运行才能继续：此记录观察的是给定的图片。</translation>
  </message>
  <message>
   <source>Opacity</source>
   <translation>不透明度</translation>
  </message>
  <message>
   <source>Opacity of the map over the picture</source>
   <translation>热力图叠加在图片上的不透明度</translation>
  </message>
  <message>
   <source>Open &amp;model folder…</source>
   <translation>打开模型文件夹(&amp;M)…</translation>
  </message>
  <message>
   <source>Open a model in the diffusers layout.</source>
   <translation>打开 diffusers 布局的模型。</translation>
  </message>
  <message>
   <source>Open a picture</source>
   <translation>打开图片</translation>
  </message>
  <message>
   <source>Open a picture to add noise to</source>
   <translation>打开要加噪声的图片</translation>
  </message>
  <message>
   <source>Open a picture to encode</source>
   <translation>打开要编码的图片</translation>
  </message>
  <message>
   <source>Open a picture to invert</source>
   <translation>打开要反演的图片</translation>
  </message>
  <message>
   <source>Open a picture to look at</source>
   <translation>打开要查看的图片</translation>
  </message>
  <message>
   <source>Open a recording: the manifest.json in a folder NAME.sdrec, or a zip of one.</source>
   <translation>打开记录：文件夹 NAME.sdrec 中的 manifest.json，或其 zip。</translation>
  </message>
  <message>
   <source>Open all below</source>
   <translation>展开全部下级</translation>
  </message>
  <message>
   <source>Open as a run</source>
   <translation>作为运行打开</translation>
  </message>
  <message>
   <source>Open folder…</source>
   <translation>打开文件夹…</translation>
  </message>
  <message>
   <source>Open model folder</source>
   <translation>打开模型文件夹</translation>
  </message>
  <message>
   <source>Open re&amp;cent</source>
   <translation>最近打开(&amp;C)</translation>
  </message>
  <message>
   <source>Open recording</source>
   <translation>打开记录</translation>
  </message>
  <message>
   <source>Open the model first.</source>
   <translation>请先打开模型。</translation>
  </message>
  <message>
   <source>Open the model first: decoding needs its VAE</source>
   <translation>请先打开模型：解码需要它的 VAE</translation>
  </message>
  <message>
   <source>Open the trained model in place of the present one</source>
   <translation>打开训练好的模型，取代当前模型</translation>
  </message>
  <message>
   <source>Open what was recorded of this training</source>
   <translation>打开此次训练的记录</translation>
  </message>
  <message>
   <source>Opening the model</source>
   <translation>正在打开模型</translation>
  </message>
  <message>
   <source>Optimizer steps (AdamW)</source>
   <translation>优化器步数（AdamW）</translation>
  </message>
  <message>
   <source>Order of the channels</source>
   <translation>通道顺序</translation>
  </message>
  <message>
   <source>Original</source>
   <translation>原图</translation>
  </message>
  <message>
   <source>Original and reconstruction</source>
   <translation>原图与重建图</translation>
  </message>
  <message>
   <source>Original and returned picture</source>
   <translation>原图与返回图</translation>
  </message>
  <message>
   <source>Original and returned, with a line between to drag</source>
   <translation>原图与返回图，中间的分界线可拖动</translation>
  </message>
  <message>
   <source>Outline where the map, brought to 0 … 1, is above τ</source>
   <translation>勾勒热力图归一化到 0 … 1 后高于 τ 的区域</translation>
  </message>
  <message>
   <source>Output</source>
   <translation>输出</translation>
  </message>
  <message>
   <source>Output {shape}</source>
   <translation>输出 {shape}</translation>
  </message>
  <message>
   <source>Over recordings</source>
   <translation>跨记录</translation>
  </message>
  <message>
   <source>Over steps</source>
   <translation>随步变化</translation>
  </message>
  <message>
   <source>Over the steps</source>
   <translation>各步总览</translation>
  </message>
  <message>
   <source>PCA</source>
   <translation>PCA</translation>
  </message>
  <message>
   <source>PCA of {count} channels</source>
   <translation>{count} 个通道的 PCA</translation>
  </message>
  <message>
   <source>PDF document</source>
   <translation>PDF 文档</translation>
  </message>
  <message>
   <source>PNG picture</source>
   <translation>PNG 图片</translation>
  </message>
  <message>
   <source>PSNR {psnr} dB   SSIM {ssim}</source>
   <translation>PSNR {psnr} dB   SSIM {ssim}</translation>
  </message>
  <message>
   <source>Pad with grey</source>
   <translation>用灰色填充</translation>
  </message>
  <message>
   <source>Padding</source>
   <translation>填充</translation>
  </message>
  <message>
   <source>Page</source>
   <translation>页面</translation>
  </message>
  <message>
   <source>Paint on a channel with the left button, or with Return</source>
   <translation>按鼠标左键或回车键在通道上绘制</translation>
  </message>
  <message>
   <source>Parameter tensors</source>
   <translation>参数张量</translation>
  </message>
  <message>
   <source>Parameters</source>
   <translation>参数</translation>
  </message>
  <message>
   <source>Parameters need the model: open it at the upper left.</source>
   <translation>查看参数需要模型：请在左上角打开。</translation>
  </message>
  <message>
   <source>Paste a picture</source>
   <translation>粘贴图片</translation>
  </message>
  <message>
   <source>Patterns over module paths with commas between, such as mid_block.*</source>
   <translation>模块路径的通配模式，用逗号分隔，例如 mid_block.*</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Paused; the state is kept, and the model is free for other work.</source>
   <translation>已暂停；状态已保留，模型可用于其他工作。</translation>
  </message>
  <message>
   <source>Pausing after this step …</source>
   <translation>本步之后暂停…</translation>
  </message>
  <message>
   <source>Peak</source>
   <translation>峰值</translation>
  </message>
  <message>
   <source>Picture</source>
   <translation>图片</translation>
  </message>
  <message>
   <source>Picture alone</source>
   <translation>仅图片</translation>
  </message>
  <message>
   <source>Picture below</source>
   <translation>底图</translation>
  </message>
  <message>
   <source>Pictures</source>
   <translation>图片</translation>
  </message>
  <message>
   <source>Pictures at a time</source>
   <translation>每次取多少张图片</translation>
  </message>
  <message>
   <source>Pictures for people, NPZ and CSV for programs.</source>
   <translation>图片供人看，NPZ 和 CSV 供程序读。</translation>
  </message>
  <message>
   <source>Pictures of your own, or drawn scenes</source>
   <translation>您自己的图片，或绘制的场景</translation>
  </message>
  <message>
   <source>Pictures on the way</source>
   <translation>训练途中的图片</translation>
  </message>
  <message>
   <source>Pictures to train on</source>
   <translation>用于训练的图片</translation>
  </message>
  <message>
   <source>Pixel for pixel</source>
   <translation>逐像素</translation>
  </message>
  <message>
   <source>Placing</source>
   <translation>放置方式</translation>
  </message>
  <message>
   <source>Plain diffusers with the same settings ended in the same latent, bit for bit ({seconds:.1f} s).</source>
   <translation>以相同设置运行原版 diffusers，得到逐位相同的潜变量（{seconds:.1f} 秒）。</translation>
  </message>
  <message>
   <source>Play</source>
   <translation>播放</translation>
  </message>
  <message>
   <source>Play the steps, or pause (Space)</source>
   <translation>播放各步，或暂停（空格）</translation>
  </message>
  <message>
   <source>Playing speed</source>
   <translation>播放速度</translation>
  </message>
  <message>
   <source>Plot</source>
   <translation>图表</translation>
  </message>
  <message>
   <source>Point at a part to read what it is; click to select it.</source>
   <translation>指向一个部分可查看说明；单击选中。</translation>
  </message>
  <message>
   <source>Point at a pixel of any map to read all channels there.</source>
   <translation>指向任意图中的像素，可读取该处的所有通道。</translation>
  </message>
  <message>
   <source>Point at a token to read all of its channels.</source>
   <translation>指向一个词元，可读取它的所有通道。</translation>
  </message>
  <message>
   <source>Point at the picture to rank the words there.</source>
   <translation>指向图片，可为该处的词排序。</translation>
  </message>
  <message>
   <source>Point to rank the words at a pixel, click to select it. Hold O or Space to see the picture alone. Wheel zooms, dragging pans, F fits.</source>
   <translation>指向像素可为该处的词排序，单击选中。按住 O 或空格只看图片。滚轮缩放，拖动平移，F 适合窗口。</translation>
  </message>
  <message>
   <source>Posterior</source>
   <translation>后验</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>精度</translation>
  </message>
  <message>
   <source>Predictions</source>
   <translation>预测</translation>
  </message>
  <message>
   <source>Predictions as</source>
   <translation>预测显示为</translation>
  </message>
  <message>
   <source>Press Draw curve: the loss at some timesteps, with the noise of some seeds.</source>
   <translation>请按“绘制曲线”：在若干时间步上用若干种子的噪声计算损失。</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>进度</translation>
  </message>
  <message>
   <source>Progress of the curve</source>
   <translation>曲线的进度</translation>
  </message>
  <message>
   <source>Progress of the inversion</source>
   <translation>反演的进度</translation>
  </message>
  <message>
   <source>Progress of the sweep</source>
   <translation>扫描进度</translation>
  </message>
  <message>
   <source>Prompt</source>
   <translation>提示词</translation>
  </message>
  <message>
   <source>Prompt from call {call}</source>
   <translation>自第 {call} 次调用起的提示词</translation>
  </message>
  <message>
   <source>Prompt of the pictures</source>
   <translation>图片的提示词</translation>
  </message>
  <message>
   <source>Prompt of the way down from the chosen level on</source>
   <translation>从所选级别起回程所用的提示词</translation>
  </message>
  <message>
   <source>Prompt to encode</source>
   <translation>要编码的提示词</translation>
  </message>
  <message>
   <source>Prompt-to-Prompt</source>
   <translation>Prompt-to-Prompt</translation>
  </message>
  <message>
   <source>Prompts</source>
   <translation>提示词</translation>
  </message>
  <message>
   <source>Put all docks back where they belong.</source>
   <translation>把所有停靠面板放回原位。</translation>
  </message>
  <message>
   <source>Put the cursor into the prompt.</source>
   <translation>把光标放到提示词中。</translation>
  </message>
  <message>
   <source>Python class</source>
   <translation>Python 类</translation>
  </message>
  <message>
   <source>Quantity</source>
   <translation>量</translation>
  </message>
  <message>
   <source>Radius of the brush</source>
   <translation>画笔半径</translation>
  </message>
  <message>
   <source>Radius of the brush in pixels of the latent</source>
   <translation>画笔半径，以潜变量的像素计</translation>
  </message>
  <message>
   <source>Range</source>
   <translation>区间</translation>
  </message>
  <message>
   <source>Range of the colours</source>
   <translation>颜色范围</translation>
  </message>
  <message>
   <source>Rank r</source>
   <translation>秩 r</translation>
  </message>
  <message>
   <source>Raw probabilities</source>
   <translation>原始概率</translation>
  </message>
  <message>
   <source>Reading attention …</source>
   <translation>正在读取注意力…</translation>
  </message>
  <message>
   <source>Reading noise levels</source>
   <translation>正在读取噪声级别</translation>
  </message>
  <message>
   <source>Reading parameters</source>
   <translation>正在读取参数</translation>
  </message>
  <message>
   <source>Reading the noise schedule</source>
   <translation>正在读取噪声调度</translation>
  </message>
  <message>
   <source>Reading the noise schedule …</source>
   <translation>正在读取噪声调度…</translation>
  </message>
  <message>
   <source>Reading the prompt</source>
   <translation>正在读取提示词</translation>
  </message>
  <message>
   <source>Ready</source>
   <translation>就绪</translation>
  </message>
  <message>
   <source>Ready to train.</source>
   <translation>可以开始训练。</translation>
  </message>
  <message>
   <source>Really discard</source>
   <translation>确认丢弃</translation>
  </message>
  <message>
   <source>Recipe</source>
   <translation>配方</translation>
  </message>
  <message>
   <source>Record activations</source>
   <translation>记录激活</translation>
  </message>
  <message>
   <source>Record cross-attention</source>
   <translation>记录交叉注意力</translation>
  </message>
  <message>
   <source>Record statistics</source>
   <translation>记录统计</translation>
  </message>
  <message>
   <source>Record the unconditional branch's cross-attention</source>
   <translation>记录无条件分支的交叉注意力</translation>
  </message>
  <message>
   <source>Recorded</source>
   <translation>记录的</translation>
  </message>
  <message>
   <source>Recorded at every call, besides the latents</source>
   <translation>每次调用除潜变量外还记录</translation>
  </message>
  <message>
   <source>Recorded for the words of the prompt only; choose one above.</source>
   <translation>只记录了提示词中的词；请在上方选择一个。</translation>
  </message>
  <message>
   <source>Recording</source>
   <translation>记录</translation>
  </message>
  <message>
   <source>Recordings</source>
   <translation>记录</translation>
  </message>
  <message>
   <source>Recordings averaged</source>
   <translation>参与平均的记录</translation>
  </message>
  <message>
   <source>Relative error by level</source>
   <translation>各级别的相对误差</translation>
  </message>
  <message>
   <source>Replaying a step</source>
   <translation>正在重放一步</translation>
  </message>
  <message>
   <source>Reset</source>
   <translation>重置</translation>
  </message>
  <message>
   <source>Reset to {scale}</source>
   <translation>重置为 {scale}</translation>
  </message>
  <message>
   <source>Result</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>Returned</source>
   <translation>返回图</translation>
  </message>
  <message>
   <source>Returned minus original</source>
   <translation>返回图减原图</translation>
  </message>
  <message>
   <source>Returned minus original, mean of the colours</source>
   <translation>返回图减原图，各颜色取均值</translation>
  </message>
  <message>
   <source>Root mean square of the predictions</source>
   <translation>预测的均方根</translation>
  </message>
  <message>
   <source>Root mean square of ε_∅, ε_y and their difference at each step</source>
   <translation>每一步 ε_∅、ε_y 及其差的均方根</translation>
  </message>
  <message>
   <source>Rows ask, columns are heard; each row sums to 1. None hears what comes later.</source>
   <translation>行提问，列被听取；每行之和为 1。后面的词元听不到。</translation>
  </message>
  <message>
   <source>Rows: the prompt; columns: the other. At the same position least alike: {name}, {cosine}</source>
   <translation>行：本提示词；列：另一提示词。同一位置最不相似：{name}，{cosine}</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>运行</translation>
  </message>
  <message>
   <source>Run details</source>
   <translation>运行详情</translation>
  </message>
  <message>
   <source>Run on</source>
   <translation>继续运行</translation>
  </message>
  <message>
   <source>Run on from the chosen level</source>
   <translation>从所选级别继续运行</translation>
  </message>
  <message>
   <source>Run on from the chosen step</source>
   <translation>从所选步继续运行</translation>
  </message>
  <message>
   <source>Run plain diffusers with the same settings and compare the latents bit for bit.</source>
   <translation>以相同设置运行原版 diffusers，逐位比较潜变量。</translation>
  </message>
  <message>
   <source>Run sweep</source>
   <translation>运行扫描</translation>
  </message>
  <message>
   <source>Run the prompt and record every step (Ctrl+Return).</source>
   <translation>运行提示词并记录每一步（Ctrl+Return）。</translation>
  </message>
  <message>
   <source>Run the prompt and record every step.</source>
   <translation>运行提示词并记录每一步。</translation>
  </message>
  <message>
   <source>Run the shown recording again with each of the scales</source>
   <translation>用每个尺度重新运行所示记录</translation>
  </message>
  <message>
   <source>Run the whole prompt again with this curve, as a new recording</source>
   <translation>用此曲线重新运行整个提示词，作为新的记录</translation>
  </message>
  <message>
   <source>Run with this curve</source>
   <translation>用此曲线运行</translation>
  </message>
  <message>
   <source>Running</source>
   <translation>正在运行</translation>
  </message>
  <message>
   <source>Running at several guidance scales</source>
   <translation>正在以多个引导尺度运行</translation>
  </message>
  <message>
   <source>Running on from a step</source>
   <translation>正在从某步继续运行</translation>
  </message>
  <message>
   <source>S&amp;mooth pictures</source>
   <translation>平滑图片(&amp;M)</translation>
  </message>
  <message>
   <source>S&amp;teps</source>
   <translation>步数(&amp;T)</translation>
  </message>
  <message>
   <source>SNR</source>
   <translation>SNR</translation>
  </message>
  <message>
   <source>SNR and min-SNR weight over t, γ = {gamma}</source>
   <translation>SNR 与 min-SNR 权重随 t 的变化，γ = {gamma}</translation>
  </message>
  <message>
   <source>SNR falls below 1 at t = {t}</source>
   <translation>SNR 在 t = {t} 处降到 1 以下</translation>
  </message>
  <message>
   <source>SNR is above 1 at every timestep</source>
   <translation>SNR 在每个时间步都大于 1</translation>
  </message>
  <message>
   <source>SVG drawing</source>
   <translation>SVG 矢量图</translation>
  </message>
  <message>
   <source>Sample</source>
   <translation>采样</translation>
  </message>
  <message>
   <source>Saturation</source>
   <translation>饱和</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Save latent, pictures and numbers</source>
   <translation>保存潜变量、图片和数值</translation>
  </message>
  <message>
   <source>Save mosaic, channel or plots as pictures or numbers</source>
   <translation>将拼图、通道或图表保存为图片或数值</translation>
  </message>
  <message>
   <source>Save picture</source>
   <translation>保存图片</translation>
  </message>
  <message>
   <source>Save the channels as PNG or NPZ</source>
   <translation>将各通道保存为 PNG 或 NPZ</translation>
  </message>
  <message>
   <source>Save the decoded picture of the recording, with its settings in the file.</source>
   <translation>保存记录的解码图片，文件中附有设置。</translation>
  </message>
  <message>
   <source>Save the map, all words or the matrix as PNG, NPZ or CSV</source>
   <translation>将热力图、所有词或矩阵保存为 PNG、NPZ 或 CSV</translation>
  </message>
  <message>
   <source>Save what is shown</source>
   <translation>保存所示内容</translation>
  </message>
  <message>
   <source>Save what is shown as PNG or NPZ</source>
   <translation>将所示内容保存为 PNG 或 NPZ</translation>
  </message>
  <message>
   <source>Save what the view in front shows, as a picture or as numbers.</source>
   <translation>将当前视图所示内容保存为图片或数值。</translation>
  </message>
  <message>
   <source>Scales to run, separated by commas; each is a plain run</source>
   <translation>要运行的尺度，用逗号分隔；每个都是一次普通运行</translation>
  </message>
  <message>
   <source>Scenes</source>
   <translation>场景数</translation>
  </message>
  <message>
   <source>Sche&amp;duler</source>
   <translation>调度器(&amp;D)</translation>
  </message>
  <message>
   <source>Scheduler</source>
   <translation>调度器</translation>
  </message>
  <message>
   <source>Scheduler calls on the disk</source>
   <translation>磁盘上的调度器调用数</translation>
  </message>
  <message>
   <source>Schedulers</source>
   <translation>调度器</translation>
  </message>
  <message>
   <source>Schedulers to compare</source>
   <translation>要比较的调度器</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>搜索</translation>
  </message>
  <message>
   <source>Search modules, classes, kinds …</source>
   <translation>搜索模块、类、种类…</translation>
  </message>
  <message>
   <source>Search prompts</source>
   <translation>搜索提示词</translation>
  </message>
  <message>
   <source>Search the modules</source>
   <translation>搜索模块</translation>
  </message>
  <message>
   <source>Second axis</source>
   <translation>第二坐标轴</translation>
  </message>
  <message>
   <source>Second scale</source>
   <translation>第二个尺度</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>种子</translation>
  </message>
  <message>
   <source>Seed of the generator that draws the first noise.</source>
   <translation>抽取初始噪声的随机数发生器的种子。</translation>
  </message>
  <message>
   <source>Seed of the noise ε; it is the same at every t</source>
   <translation>噪声 ε 的种子；各个 t 使用同一噪声</translation>
  </message>
  <message>
   <source>Seed of the noise, which is the same at every timestep.</source>
   <translation>噪声的种子，各时间步使用同一噪声。</translation>
  </message>
  <message>
   <source>Seed of the noise; it means the same as that of a run</source>
   <translation>噪声的种子，与运行的种子含义相同</translation>
  </message>
  <message>
   <source>Seed of the sample</source>
   <translation>样本的种子</translation>
  </message>
  <message>
   <source>Seed of ε</source>
   <translation>ε 的种子</translation>
  </message>
  <message>
   <source>Seeds of the curve</source>
   <translation>曲线的种子数</translation>
  </message>
  <message>
   <source>Selected layer</source>
   <translation>所选层</translation>
  </message>
  <message>
   <source>Selected module</source>
   <translation>所选模块</translation>
  </message>
  <message>
   <source>Selected: {name}</source>
   <translation>所选：{name}</translation>
  </message>
  <message>
   <source>Selection &amp;back</source>
   <translation>选择后退(&amp;B)</translation>
  </message>
  <message>
   <source>Selection &amp;forward</source>
   <translation>选择前进(&amp;F)</translation>
  </message>
  <message>
   <source>Self-attention</source>
   <translation>自注意力</translation>
  </message>
  <message>
   <source>Set the lower end…</source>
   <translation>设置下端…</translation>
  </message>
  <message>
   <source>Set the upper end…</source>
   <translation>设置上端…</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <source>Shape</source>
   <translation>形状</translation>
  </message>
  <message>
   <source>Shape of the output without the batch: channels × height × width</source>
   <translation>输出形状，不含批次：通道 × 高 × 宽</translation>
  </message>
  <message>
   <source>Shapes</source>
   <translation>形状</translation>
  </message>
  <message>
   <source>Shapes (built in)</source>
   <translation>Shapes（内置）</translation>
  </message>
  <message>
   <source>Shared levels</source>
   <translation>共用色阶</translation>
  </message>
  <message>
   <source>Show &amp;folder</source>
   <translation>显示文件夹(&amp;F)</translation>
  </message>
  <message>
   <source>Show BOS, EOS and the padding too: most attention goes there, not to the words</source>
   <translation>也显示 BOS、EOS 和填充：大部分注意力在那里，而不在词上</translation>
  </message>
  <message>
   <source>Show all of every map (F)</source>
   <translation>完整显示每张图（F）</translation>
  </message>
  <message>
   <source>Show all of every panel (F)</source>
   <translation>完整显示每个面板（F）</translation>
  </message>
  <message>
   <source>Show all of the mosaic (F)</source>
   <translation>显示整个拼图（F）</translation>
  </message>
  <message>
   <source>Show every scheduler call: solvers such as Heun make two a step.</source>
   <translation>显示调度器的每次调用：Heun 等求解器每步两次。</translation>
  </message>
  <message>
   <source>Show recordings whose prompt holds this alone</source>
   <translation>只显示提示词含有此内容的记录</translation>
  </message>
  <message>
   <source>Show the average in place of this recording's map</source>
   <translation>以平均图代替此记录的热力图</translation>
  </message>
  <message>
   <source>Show the denoiser a picture of your own with a caption, at chosen timesteps.</source>
   <translation>在选定的时间步，让去噪器看您自己的图片及其描述文字。</translation>
  </message>
  <message>
   <source>Show the next message; this one comes back after the others.</source>
   <translation>显示下一条消息；这条会在其他消息之后再次出现。</translation>
  </message>
  <message>
   <source>Show the recording again that this one left</source>
   <translation>重新显示此记录所分出的原记录</translation>
  </message>
  <message>
   <source>Show the recording in the file manager.</source>
   <translation>在文件管理器中显示记录。</translation>
  </message>
  <message>
   <source>Show the recording of the training</source>
   <translation>显示此次训练的记录</translation>
  </message>
  <message>
   <source>Show the rows of the padding too: the UNet hears them as well</source>
   <translation>同时显示填充行：UNet 也会听取它们</translation>
  </message>
  <message>
   <source>Show the traceback.</source>
   <translation>显示回溯信息。</translation>
  </message>
  <message>
   <source>Show the way down in all views; there any step can be forked with another prompt</source>
   <translation>在所有视图中显示回程；在那里可以从任一步用另一提示词分叉</translation>
  </message>
  <message>
   <source>Show the whole picture (F)</source>
   <translation>显示整张图片（F）</translation>
  </message>
  <message>
   <source>Show this recording in the window.</source>
   <translation>在窗口中显示此记录。</translation>
  </message>
  <message>
   <source>Si&amp;ze</source>
   <translation>尺寸(&amp;Z)</translation>
  </message>
  <message>
   <source>Side by side</source>
   <translation>并排</translation>
  </message>
  <message>
   <source>Signal-to-noise ratio ᾱ/(1−ᾱ), in squares</source>
   <translation>信噪比 ᾱ/(1−ᾱ)，按平方计</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>尺寸</translation>
  </message>
  <message>
   <source>Size of the picture in pixels; a multiple of 8.</source>
   <translation>图片尺寸（像素），须为 8 的倍数。</translation>
  </message>
  <message>
   <source>Small maps</source>
   <translation>小图</translation>
  </message>
  <message>
   <source>Smooth</source>
   <translation>平滑</translation>
  </message>
  <message>
   <source>Something in here is not as usual.</source>
   <translation>其中有设置不是默认值。</translation>
  </message>
  <message>
   <source>Something went wrong: {what}</source>
   <translation>出错了：{what}</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>来源</translation>
  </message>
  <message>
   <source>Space losses by their ratios, not by their differences</source>
   <translation>损失按比值而不是按差值排布</translation>
  </message>
  <message>
   <source>Space ticks the line</source>
   <translation>空格键勾选该行</translation>
  </message>
  <message>
   <source>Spread</source>
   <translation>分布</translation>
  </message>
  <message>
   <source>Squared error with an empty caption</source>
   <translation>描述文字为空时的平方误差</translation>
  </message>
  <message>
   <source>Squared error with the caption</source>
   <translation>带描述文字时的平方误差</translation>
  </message>
  <message>
   <source>Start from</source>
   <translation>起始于</translation>
  </message>
  <message>
   <source>Start from a picture</source>
   <translation>从图片开始</translation>
  </message>
  <message>
   <source>Start from noise</source>
   <translation>从噪声开始</translation>
  </message>
  <message>
   <source>Start from this latent</source>
   <translation>从此潜变量开始</translation>
  </message>
  <message>
   <source>Starting</source>
   <translation>正在启动</translation>
  </message>
  <message>
   <source>Starts from</source>
   <translation>起始于</translation>
  </message>
  <message>
   <source>Statistic over the steps</source>
   <translation>随步变化的统计量</translation>
  </message>
  <message>
   <source>Statistics of the blocks</source>
   <translation>各块的统计</translation>
  </message>
  <message>
   <source>Statistics of the channels</source>
   <translation>通道统计</translation>
  </message>
  <message>
   <source>Statistics of the module's output</source>
   <translation>模块输出的统计</translation>
  </message>
  <message>
   <source>Statistics of the parameters</source>
   <translation>参数的统计</translation>
  </message>
  <message>
   <source>Status</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>Step</source>
   <translation>步</translation>
  </message>
  <message>
   <source>Step and origin</source>
   <translation>步与来源</translation>
  </message>
  <message>
   <source>Step and timestep</source>
   <translation>步与时间步</translation>
  </message>
  <message>
   <source>Step back</source>
   <translation>后退一步</translation>
  </message>
  <message>
   <source>Step on</source>
   <translation>前进一步</translation>
  </message>
  <message>
   <source>Step shown</source>
   <translation>所示的步</translation>
  </message>
  <message>
   <source>Step sizes</source>
   <translation>步的大小</translation>
  </message>
  <message>
   <source>Step sizes, Δ log SNR</source>
   <translation>步的大小，Δ log SNR</translation>
  </message>
  <message>
   <source>Step {step} of {steps}</source>
   <translation>第 {step} 步，共 {steps} 步</translation>
  </message>
  <message>
   <source>Step {step} was recorded without attention; it is recovered by a replay …</source>
   <translation>第 {step} 步没有记录注意力；正在通过重放恢复…</translation>
  </message>
  <message>
   <source>Steps</source>
   <translation>步数</translation>
  </message>
  <message>
   <source>Steps a second while playing</source>
   <translation>播放时每秒步数</translation>
  </message>
  <message>
   <source>Steps added up; every head's map resized with cubic convolution and clipped at 0; mean over the heads of the down and up blocks.</source>
   <translation>各步相加；每个注意力头的图以三次卷积插值缩放并在 0 处截断；对下行块和上行块的注意力头取均值。</translation>
  </message>
  <message>
   <source>Steps between two of them</source>
   <translation>两次生成之间相隔的步数</translation>
  </message>
  <message>
   <source>Steps of a run</source>
   <translation>一次运行的步数</translation>
  </message>
  <message>
   <source>Steps of each way</source>
   <translation>去程与回程各自的步数</translation>
  </message>
  <message>
   <source>Steps of each way; more come closer to the picture</source>
   <translation>去程与回程各自的步数；越多越接近原图</translation>
  </message>
  <message>
   <source>Steps until the peak of the rate; it falls along a cosine after that</source>
   <translation>学习率升到峰值所用的步数；之后沿余弦下降</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stop after this step and keep the state: it can go on later, or after a crash</source>
   <translation>本步之后停止并保留状态：以后可以继续，崩溃之后也可以</translation>
  </message>
  <message>
   <source>Stop asking</source>
   <translation>停止查询</translation>
  </message>
  <message>
   <source>Stop asking the model about this text</source>
   <translation>停止向模型查询此文本</translation>
  </message>
  <message>
   <source>Stop sweep</source>
   <translation>停止扫描</translation>
  </message>
  <message>
   <source>Stop the run</source>
   <translation>停止运行</translation>
  </message>
  <message>
   <source>Stop within one denoiser call; finished runs are kept</source>
   <translation>在一次去噪器调用内停止；已完成的运行会保留</translation>
  </message>
  <message>
   <source>Stop within one denoiser call; finished steps are kept (Esc).</source>
   <translation>在一次去噪调用之内停止；已完成的步会保留（Esc）。</translation>
  </message>
  <message>
   <source>Stop within one denoiser call; finished steps are kept.</source>
   <translation>在一次去噪调用之内停止；已完成的步会保留。</translation>
  </message>
  <message>
   <source>Stop within one denoiser call; steps are kept (Esc).</source>
   <translation>在一次去噪调用之内停止；已有的步会保留（Esc）。</translation>
  </message>
  <message>
   <source>Stop within one denoiser call; what has come of the way down is kept</source>
   <translation>在一次去噪器调用内停止；回程已得到的部分会保留</translation>
  </message>
  <message>
   <source>Stop within one denoiser call; what was drawn is kept</source>
   <translation>在一次去噪器调用内停止；已抽样的会保留</translation>
  </message>
  <message>
   <source>Stopped before all steps were asked. Press Return in the box to ask again.</source>
   <translation>在查询完所有步之前已停止。在输入框中按回车可重新查询。</translation>
  </message>
  <message>
   <source>Stopped.</source>
   <translation>已停止。</translation>
  </message>
  <message>
   <source>Stopped; finished runs are kept.</source>
   <translation>已停止；已完成的运行会保留。</translation>
  </message>
  <message>
   <source>Stopped; finished steps are kept</source>
   <translation>已停止；已完成的步已保留</translation>
  </message>
  <message>
   <source>Stopped; {count} draws are kept.</source>
   <translation>已停止；保留了 {count} 次抽样。</translation>
  </message>
  <message>
   <source>Stren&amp;gth</source>
   <translation>强度(&amp;G)</translation>
  </message>
  <message>
   <source>Strength</source>
   <translation>强度</translation>
  </message>
  <message>
   <source>Stretch</source>
   <translation>拉伸</translation>
  </message>
  <message>
   <source>Sweep</source>
   <translation>扫描</translation>
  </message>
  <message>
   <source>Take all ticks away</source>
   <translation>取消全部勾选</translation>
  </message>
  <message>
   <source>Take no picture; start from noise.</source>
   <translation>不使用图片，从噪声开始。</translation>
  </message>
  <message>
   <source>Take the curve away</source>
   <translation>去掉曲线</translation>
  </message>
  <message>
   <source>Take the final latent of what is shown</source>
   <translation>使用所示记录的最终潜变量</translation>
  </message>
  <message>
   <source>Take the last stroke back</source>
   <translation>撤销最后一笔</translation>
  </message>
  <message>
   <source>Take the picture in the clipboard</source>
   <translation>使用剪贴板中的图片</translation>
  </message>
  <message>
   <source>Take the steps done for all, and write the result</source>
   <translation>以已完成的步为全部，写出结果</translation>
  </message>
  <message>
   <source>Tang et al. 2023, arXiv 2210.04885; package daam 0.2.0</source>
   <translation>Tang et al. 2023，arXiv 2210.04885；daam 0.2.0 包</translation>
  </message>
  <message>
   <source>Tensor</source>
   <translation>张量</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>Text embedding: {prompt}</source>
   <translation>文本嵌入：{prompt}</translation>
  </message>
  <message>
   <source>Text encoder</source>
   <translation>文本编码器</translation>
  </message>
  <message>
   <source>Text encoder 2</source>
   <translation>文本编码器 2</translation>
  </message>
  <message>
   <source>Text encoder positions that the prompt takes, start and end tokens included.</source>
   <translation>提示词占用的文本编码器位置数，含起始和结束词元。</translation>
  </message>
  <message>
   <source>Text of the conditional branch, on both ways</source>
   <translation>条件分支的文本，去程与回程共用</translation>
  </message>
  <message>
   <source>The UNet as a U</source>
   <translation>U 形的 UNet</translation>
  </message>
  <message>
   <source>The UNet as a U: blocks, layers, skip connections, and what feeds in</source>
   <translation>U 形的 UNet：块、层、跳跃连接以及输入</translation>
  </message>
  <message>
   <source>The VAE knows no branches: it sees the picture alone.</source>
   <translation>VAE 没有分支之分：它只看图片。</translation>
  </message>
  <message>
   <source>The VAE: a picture to a latent and back, and what each channel does</source>
   <translation>VAE：图片到潜变量再回到图片，以及每个通道的作用</translation>
  </message>
  <message>
   <source>The built-in model is opened instead.</source>
   <translation>改为打开内置模型。</translation>
  </message>
  <message>
   <source>The call is repeated to see what the pixel looks at …</source>
   <translation>正在重放这次调用，查看该像素关注哪里…</translation>
  </message>
  <message>
   <source>The chosen channel's value at each token; click to choose a token</source>
   <translation>所选通道在每个词元上的值；单击以选择词元</translation>
  </message>
  <message>
   <source>The conditional one alone</source>
   <translation>仅条件分支</translation>
  </message>
  <message>
   <source>The decoded picture, or x̂₀ at the chosen step</source>
   <translation>解码后的图片，或所选步的 x̂₀</translation>
  </message>
  <message>
   <source>The denoised prediction of the chosen step through a linear map to RGB</source>
   <translation>所选步的去噪预测，经线性映射到 RGB</translation>
  </message>
  <message>
   <source>The denoised prediction of the chosen step, decoded by the VAE</source>
   <translation>所选步的去噪预测，由 VAE 解码</translation>
  </message>
  <message>
   <source>The denoised prediction x̂₀ of each step. Click or drag to travel, the wheel goes step by step. Keys: Left, Right, Home, End; Space plays.</source>
   <translation>每一步的去噪预测 x̂₀。单击或拖动可移动，滚轮逐步前进。按键：左、右、Home、End；空格播放。</translation>
  </message>
  <message>
   <source>The denoised prediction x̂₀ of every step: click, drag or play</source>
   <translation>每一步的去噪预测 x̂₀：单击、拖动或播放</translation>
  </message>
  <message>
   <source>The denoiser of this recording has no cross-attention: the prompt does not reach it through attention, so there is no map of a word.</source>
   <translation>此记录的去噪器没有交叉注意力：提示词不经注意力传入，因此没有词的热力图。</translation>
  </message>
  <message>
   <source>The diffusers model that runs. Others: the local hub cache, or any folder.</source>
   <translation>要运行的 diffusers 模型。其他：本地 hub 缓存或任意文件夹。</translation>
  </message>
  <message>
   <source>The disk is full. Make room, then try again; what was recorded so far is kept.</source>
   <translation>磁盘已满。请腾出空间再试；已记录的内容会保留。</translation>
  </message>
  <message>
   <source>The drawing appears as soon as a model is open.</source>
   <translation>打开模型后即显示结构图。</translation>
  </message>
  <message>
   <source>The encoder gives each place of the latent a mean μ and a deviation σ: z = μ + σ·ε, or μ alone. The UNet works on x₀ = z · scaling factor, which is what is shown here; the decoder turns it back into pixels. What is lost on the way no denoiser can bring back.

Each channel goes through z' = gain · z + offset before it is decoded. Take one away with gain 0, exchange two, or paint: channels are no colours and no objects, and the decoder is not linear. Latents of pictures need not look like N(0, 1); noise is added to them until they do.

PSNR = 10·log₁₀(255² / MSE) in decibels; SSIM compares local means, contrasts and structures (Wang et al. 2004) and is 1 where both pictures are equal.</source>
   <translation>编码器为潜变量的每个位置给出均值 μ 和标准差 σ：z = μ + σ·ε，或只取 μ。UNet 处理的是 x₀ = z · 缩放因子，这里显示的就是它；解码器再把它变回像素。途中丢失的内容，任何去噪器都无法找回。

每个通道在解码之前经过 z' = 增益 · z + 偏移。可用增益 0 去掉一个通道、互换两个通道，或在上面绘制：通道不是颜色，也不是物体，而解码器不是线性的。图片的潜变量不必像 N(0, 1)；加噪声会使它逐渐变成那样。

PSNR = 10·log₁₀(255² / MSE)，单位为分贝；SSIM 比较局部的均值、对比度和结构（Wang et al. 2004），两张图片相同时为 1。</translation>
  </message>
  <message>
   <source>The encoder's own attention</source>
   <translation>编码器自身的注意力</translation>
  </message>
  <message>
   <source>The final latent, decoded by the VAE</source>
   <translation>由 VAE 解码的最终潜变量</translation>
  </message>
  <message>
   <source>The first scale in an interval of steps, 1 outside (Kynkäänniemi et al. 2024)</source>
   <translation>在一段步区间内用第一个尺度，区间外为 1（Kynkäänniemi 等 2024）</translation>
  </message>
  <message>
   <source>The first scale, and from a step on the second</source>
   <translation>先用第一个尺度，从某步起用第二个</translation>
  </message>
  <message>
   <source>The first step is on its way …</source>
   <translation>第一步即将到来…</translation>
  </message>
  <message>
   <source>The formula and its symbols</source>
   <translation>公式及其符号</translation>
  </message>
  <message>
   <source>The formula, and why little noise is the harder to tell</source>
   <translation>公式，以及为什么噪声少反而更难</translation>
  </message>
  <message>
   <source>The kernels of all output channels</source>
   <translation>所有输出通道的卷积核</translation>
  </message>
  <message>
   <source>The language changes at the next start.</source>
   <translation>语言将在下次启动时更改。</translation>
  </message>
  <message>
   <source>The last step is chosen: choose an earlier one to run on from there.</source>
   <translation>所选为最后一步：请选择更早的一步，以便从那里继续运行。</translation>
  </message>
  <message>
   <source>The latent as it is now, decoded</source>
   <translation>当前的潜变量，已解码</translation>
  </message>
  <message>
   <source>The latent as it went into this call</source>
   <translation>进入本次调用时的潜变量</translation>
  </message>
  <message>
   <source>The latent's channels: x_t, x̂₀ and the noise predictions at each step</source>
   <translation>潜变量的通道：每一步的 x_t、x̂₀ 和噪声预测</translation>
  </message>
  <message>
   <source>The layer that is selected in the tree, the U or the matrix below</source>
   <translation>在模块树、U 形图或下方矩阵中选中的层</translation>
  </message>
  <message>
   <source>The layers that the recipe takes</source>
   <translation>配方所取的层</translation>
  </message>
  <message>
   <source>The learning rate</source>
   <translation>学习率</translation>
  </message>
  <message>
   <source>The loss appears here, step by step.</source>
   <translation>损失会逐步显示在这里。</translation>
  </message>
  <message>
   <source>The lower end has to be less than the upper end</source>
   <translation>下端必须小于上端</translation>
  </message>
  <message>
   <source>The map of the chosen step alone</source>
   <translation>仅所选步的图</translation>
  </message>
  <message>
   <source>The map of “{word}” is averaged with those of the recordings that are ticked, pixel by pixel, with its spread.</source>
   <translation>将“{word}”的热力图与勾选记录的热力图逐像素取平均，并给出离散程度。</translation>
  </message>
  <message>
   <source>The mean over the recordings, pixel by pixel</source>
   <translation>各记录的逐像素均值</translation>
  </message>
  <message>
   <source>The model is on its way.</source>
   <translation>模型正在载入。</translation>
  </message>
  <message>
   <source>The model's modules as a tree: search, open, select</source>
   <translation>模型的模块树：搜索、展开、选择</translation>
  </message>
  <message>
   <source>The modules appear as soon as a model is open.</source>
   <translation>打开模型后即显示模块。</translation>
  </message>
  <message>
   <source>The most that one recording may take on the disk; a run over it does not begin.</source>
   <translation>一个记录最多可占用的磁盘空间；超出时不会开始运行。</translation>
  </message>
  <message>
   <source>The next run starts from this latent, at strength {strength}: press Run (Ctrl+Return). The options beside Run change the strength, or take it back.</source>
   <translation>下一次运行将从此潜变量开始，强度为 {strength}：请按“运行”（Ctrl+Return）。“运行”旁的选项可更改强度或取消。</translation>
  </message>
  <message>
   <source>The noise of the seed</source>
   <translation>由种子得到的噪声</translation>
  </message>
  <message>
   <source>The objective</source>
   <translation>训练目标</translation>
  </message>
  <message>
   <source>The original; of a run, the unchanged latent decoded</source>
   <translation>原图；对于运行，则为未改动的潜变量解码所得</translation>
  </message>
  <message>
   <source>The picture</source>
   <translation>图片</translation>
  </message>
  <message>
   <source>The picture as it was encoded</source>
   <translation>编码时的图片</translation>
  </message>
  <message>
   <source>The picture that came back</source>
   <translation>返回的图片</translation>
  </message>
  <message>
   <source>The picture's latent, without noise</source>
   <translation>图片的潜变量，不含噪声</translation>
  </message>
  <message>
   <source>The picture's own size, rounded down to multiples of the VAE's factor, or another</source>
   <translation>图片自身的尺寸（向下取整为 VAE 因子的倍数），或其他尺寸</translation>
  </message>
  <message>
   <source>The predictions as colours through the linear map, or one channel of them</source>
   <translation>预测经线性映射显示为颜色，或显示其一个通道</translation>
  </message>
  <message>
   <source>The returned picture against the one that was encoded: PSNR, SSIM</source>
   <translation>返回图与被编码图片相比：PSNR、SSIM</translation>
  </message>
  <message>
   <source>The returned picture against what the VAE alone makes of it: DDIM's own error</source>
   <translation>返回图与仅经 VAE 所得的图片相比：DDIM 自身的误差</translation>
  </message>
  <message>
   <source>The run failed; finished steps are kept</source>
   <translation>运行失败；已完成的步已保留</translation>
  </message>
  <message>
   <source>The run waits until the model is ready</source>
   <translation>等待模型就绪后运行</translation>
  </message>
  <message>
   <source>The run waits. {text}</source>
   <translation>运行等待中。{text}</translation>
  </message>
  <message>
   <source>The same run at one scale after another</source>
   <translation>同一运行依次使用不同尺度</translation>
  </message>
  <message>
   <source>The same scale at every step</source>
   <translation>每一步用相同的尺度</translation>
  </message>
  <message>
   <source>The sampler: which timesteps are visited, and how a latent follows from the last.</source>
   <translation>采样器：经过哪些时间步，以及潜变量如何由上一个得到。</translation>
  </message>
  <message>
   <source>The schedule that the model was trained with, over t, and where each scheduler calls the denoiser. Click a dot to see a picture at that timestep. Keys: arrows go from call to call, Return chooses.</source>
   <translation>模型训练所用的噪声调度（随 t），以及各调度器在何处调用去噪器。单击圆点可查看该时间步的图片。按键：方向键在各次调用之间移动，回车选择。</translation>
  </message>
  <message>
   <source>The share of the picture in x_t, in squares</source>
   <translation>图片在 x_t 中所占的份额，按平方计</translation>
  </message>
  <message>
   <source>The slider changes the steps still to come.</source>
   <translation>滑块改变尚未到来的各步。</translation>
  </message>
  <message>
   <source>The standard deviation over the recordings (n − 1): where the word lands now here, now there</source>
   <translation>各记录的标准差（n − 1）：词时而落在此处、时而落在别处的地方</translation>
  </message>
  <message>
   <source>The text encoder did not read word {number} of the prompt, or there is none: it may have been cut off. Its words are: {words}. Any other text can be asked about in the box above.</source>
   <translation>文本编码器没有读到提示词的第 {number} 个词，或没有这个词：它可能被截断了。读到的词有：{words}。其他文本可在上方的输入框中查询。</translation>
  </message>
  <message>
   <source>The text of the conditional branch.</source>
   <translation>条件分支的文本。</translation>
  </message>
  <message>
   <source>The text of the conditional branch. Return runs it.</source>
   <translation>条件分支的文本。按回车运行。</translation>
  </message>
  <message>
   <source>The text of the unconditional branch, which guidance leads away from.</source>
   <translation>无条件分支的文本，引导使结果远离它。</translation>
  </message>
  <message>
   <source>The text that goes with the picture in training; Return asks the denoiser again</source>
   <translation>训练时与图片配对的文本；按回车重新询问去噪器</translation>
  </message>
  <message>
   <source>The timestep t, 0 to {last}: how much noise; Page Up and Page Down leap</source>
   <translation>时间步 t，0 到 {last}：噪声多少；Page Up 与 Page Down 大幅移动</translation>
  </message>
  <message>
   <source>The tokenizer cuts the prompt into pieces of its vocabulary, puts BOS before and EOS behind them and fills up to 77. Each piece's row of the table, plus a row for its position, is a vector. Every layer lets the vectors hear those before them, softmax(Q·Kᵀ/√d)·V with a causal mask, and adds what it makes of that. The final layer norm gives the embedding: cross-attention in the UNet takes its keys and values from it.

Because the mask is causal, a word's vector knows the words before it and none after it; EOS and padding know the whole prompt. The cosine a·b / (|a|·|b|) of two vectors is 1 where they point the same way.</source>
   <translation>分词器把提示词切成词表中的词片，前加 BOS、后加 EOS，并填充到 77 个。每个词片在表中的一行加上其位置的一行，构成一个向量。每一层让向量听取它前面的向量：带因果掩码的 softmax(Q·Kᵀ/√d)·V，再把结果加上。最后的层归一化给出嵌入：UNet 的交叉注意力由它得到键和值。

由于掩码是因果的，一个词的向量只知道它前面的词；EOS 与填充知道整个提示词。两个向量的余弦 a·b / (|a|·|b|) 为 1 时方向相同。</translation>
  </message>
  <message>
   <source>The training objective</source>
   <translation>训练目标</translation>
  </message>
  <message>
   <source>The training objective of a picture, over t, and training the model</source>
   <translation>一张图片的训练目标随 t 的变化，以及训练模型</translation>
  </message>
  <message>
   <source>The two ends of the curve</source>
   <translation>曲线的两端</translation>
  </message>
  <message>
   <source>The vectors as colours, at any depth</source>
   <translation>以颜色显示任意深度的向量</translation>
  </message>
  <message>
   <source>The view in front shows nothing that can be exported yet.</source>
   <translation>当前视图还没有可导出的内容。</translation>
  </message>
  <message>
   <source>The view {name} could not be loaded: {what}</source>
   <translation>视图 {name} 无法加载：{what}</translation>
  </message>
  <message>
   <source>The way down, the same level below the same; read leftwards</source>
   <translation>回程，相同的级别上下对齐；从右往左读</translation>
  </message>
  <message>
   <source>The way up: x_t of each level, the picture at the left</source>
   <translation>去程：每个级别的 x_t，图片在左端</translation>
  </message>
  <message>
   <source>The whole UNet</source>
   <translation>整个 UNet</translation>
  </message>
  <message>
   <source>The word in every layer</source>
   <translation>该词在每一层的图</translation>
  </message>
  <message>
   <source>There is no finished picture to save: press Run first.</source>
   <translation>没有可保存的图片：请先按“运行”。</translation>
  </message>
  <message>
   <source>There is not enough memory for this. Use a smaller picture or a smaller model, or close other programs; what was recorded so far is kept.</source>
   <translation>内存不足。请使用更小的图片或模型，或关闭其他程序；已记录的内容会保留。</translation>
  </message>
  <message>
   <source>There is nothing to save in this view yet. Press Run (Ctrl+Return) first.</source>
   <translation>此视图还没有可保存的内容。请先按“运行”（Ctrl+Return）。</translation>
  </message>
  <message>
   <source>This call did not record that quantity. Choose x_t or x̂₀ above.</source>
   <translation>本次调用没有记录该量。请在上方选择 x_t 或 x̂₀。</translation>
  </message>
  <message>
   <source>This call evaluated one branch alone: run with a guidance scale above 1.</source>
   <translation>本次调用只计算了一个分支：请用大于 1 的引导尺度运行。</translation>
  </message>
  <message>
   <source>This call evaluated the conditional branch alone (guidance scale {scale}), so there is no ε_∅. Run with a guidance scale above 1 to see it.</source>
   <translation>本次调用只计算了条件分支（引导尺度 {scale}），因此没有 ε_∅。请用大于 1 的引导尺度运行。</translation>
  </message>
  <message>
   <source>This is not a number</source>
   <translation>这不是数字</translation>
  </message>
  <message>
   <source>This model has guidance distilled into it and knows no unconditional branch: there is nothing to combine.</source>
   <translation>此模型已将引导蒸馏其中，没有无条件分支：没有可组合的内容。</translation>
  </message>
  <message>
   <source>This model has guidance distilled into it and takes no scale.</source>
   <translation>此模型已将引导蒸馏其中，不接受尺度。</translation>
  </message>
  <message>
   <source>This module does not depend on the step.</source>
   <translation>此模块与步无关。</translation>
  </message>
  <message>
   <source>This recording begins with the latent of an inverted picture; Run draws noise of a seed instead. To change the picture, run on from one of its steps.</source>
   <translation>此记录起始于反演图片的潜变量，而“运行”会改由种子抽取噪声。要改变图片，请从它的某一步继续运行。</translation>
  </message>
  <message>
   <source>This recording has edits that this version does not know.</source>
   <translation>此记录含有本版本不认识的干预。</translation>
  </message>
  <message>
   <source>This recording has edits that this version does not know: it can be looked at, but not replayed.</source>
   <translation>此记录含有本版本不认识的干预：可以查看，但不能重放。</translation>
  </message>
  <message>
   <source>This recording holds no attention: it is recovered step by step</source>
   <translation>此记录不含注意力：逐步通过重放恢复</translation>
  </message>
  <message>
   <source>This recording holds no draw yet.</source>
   <translation>此记录还没有任何抽样。</translation>
  </message>
  <message>
   <source>This recording holds no statistics of its modules.</source>
   <translation>此记录不含模块的统计。</translation>
  </message>
  <message>
   <source>This recording holds no statistics of this module. Play the steps in the film strip: each one that was seen is drawn here.</source>
   <translation>此记录不含该模块的统计。请在胶片条中播放各步：看过的每一步都会画在这里。</translation>
  </message>
  <message>
   <source>This recording holds no step yet.</source>
   <translation>此记录还没有任何一步。</translation>
  </message>
  <message>
   <source>This recording holds no steps of a run.</source>
   <translation>此记录不含运行的步。</translation>
  </message>
  <message>
   <source>This recording was made with settings that have no control here ({names}): Run makes the picture without them.</source>
   <translation>此记录使用了此处没有控件的设置（{names}）：“运行”将不使用它们。</translation>
  </message>
  <message>
   <source>This recording's latent</source>
   <translation>此记录的潜变量</translation>
  </message>
  <message>
   <source>This run has no decoded picture: it did not come to its end</source>
   <translation>此次运行没有解码图片：它没有运行到底</translation>
  </message>
  <message>
   <source>This run's latent</source>
   <translation>此次运行的潜变量</translation>
  </message>
  <message>
   <source>This run's result</source>
   <translation>此次运行的结果</translation>
  </message>
  <message>
   <source>This step</source>
   <translation>本步</translation>
  </message>
  <message>
   <source>This step evaluated the conditional branch alone (s = {scale}), so another scale changes nothing. The unconditional branch can be added afterwards.</source>
   <translation>这一步只计算了条件分支（s = {scale}），因此换尺度不会有变化。可以事后补上无条件分支。</translation>
  </message>
  <message>
   <source>This step, at once</source>
   <translation>此步，立即</translation>
  </message>
  <message>
   <source>This view failed and is switched off until the next start: {what}</source>
   <translation>此视图出错，已关闭至下次启动：{what}</translation>
  </message>
  <message>
   <source>Threshold of the contour; DAAM and OVAM publish 0.4</source>
   <translation>轮廓的阈值；DAAM 和 OVAM 论文取 0.4</translation>
  </message>
  <message>
   <source>Threshold τ</source>
   <translation>阈值 τ</translation>
  </message>
  <message>
   <source>Tick &amp;none</source>
   <translation>全不勾选(&amp;N)</translation>
  </message>
  <message>
   <source>Tick a scheduler at the left to see how large its steps are.</source>
   <translation>在左侧勾选调度器，查看它每步的大小。</translation>
  </message>
  <message>
   <source>Tick a scheduler at the left to see which timesteps it visits.</source>
   <translation>在左侧勾选调度器，查看它经过哪些时间步。</translation>
  </message>
  <message>
   <source>Tick all</source>
   <translation>全部勾选</translation>
  </message>
  <message>
   <source>Tick before</source>
   <translation>上一刻度</translation>
  </message>
  <message>
   <source>Tick every recording in the list that can be averaged</source>
   <translation>勾选列表中所有可参与平均的记录</translation>
  </message>
  <message>
   <source>Tick none</source>
   <translation>全不勾选</translation>
  </message>
  <message>
   <source>Tick the schedulers to compare; Space ticks the chosen line</source>
   <translation>勾选要比较的调度器；空格键勾选当前行</translation>
  </message>
  <message>
   <source>Ticks of</source>
   <translation>刻度取自</translation>
  </message>
  <message>
   <source>Ticks of a scheduler</source>
   <translation>调度器的刻度</translation>
  </message>
  <message>
   <source>Timestep</source>
   <translation>时间步</translation>
  </message>
  <message>
   <source>Timestep t</source>
   <translation>时间步 t</translation>
  </message>
  <message>
   <source>Timestep t, as a number</source>
   <translation>时间步 t（数值）</translation>
  </message>
  <message>
   <source>Timestep t, from 0 (hardly any noise) to T − 1 (almost only)</source>
   <translation>时间步 t，从 0（几乎没有噪声）到 T − 1（几乎只有噪声）</translation>
  </message>
  <message>
   <source>Timesteps</source>
   <translation>时间步</translation>
  </message>
  <message>
   <source>Timesteps are whole numbers from 0 to 999, with commas between.</source>
   <translation>时间步是 0 到 999 的整数，用逗号分隔。</translation>
  </message>
  <message>
   <source>Timesteps of the curve</source>
   <translation>曲线的时间步数</translation>
  </message>
  <message>
   <source>Timesteps that are visited</source>
   <translation>经过的时间步</translation>
  </message>
  <message>
   <source>Title</source>
   <translation>标题</translation>
  </message>
  <message>
   <source>To step</source>
   <translation>结束步</translation>
  </message>
  <message>
   <source>To the &amp;prompt</source>
   <translation>转到提示词(&amp;P)</translation>
  </message>
  <message>
   <source>Token {index}: “{piece}”, id {id}, {kind}</source>
   <translation>词元 {index}：“{piece}”，编号 {id}，{kind}</translation>
  </message>
  <message>
   <source>Tokenizer and text encoder: tokens, embeddings, attention, neighbours</source>
   <translation>分词器与文本编码器：词元、嵌入、注意力、近邻</translation>
  </message>
  <message>
   <source>Tokens</source>
   <translation>词元</translation>
  </message>
  <message>
   <source>Tokens and channels</source>
   <translation>词元与通道</translation>
  </message>
  <message>
   <source>Tokens and their nearest neighbours</source>
   <translation>词元及其最近的词条</translation>
  </message>
  <message>
   <source>Tokens of the prompt</source>
   <translation>提示词的词元</translation>
  </message>
  <message>
   <source>Tokens: {prompt}</source>
   <translation>词元：{prompt}</translation>
  </message>
  <message>
   <source>Took</source>
   <translation>用时</translation>
  </message>
  <message>
   <source>Train</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>Train a copy of the open model on pictures with captions</source>
   <translation>用带描述文字的图片训练当前模型的副本</translation>
  </message>
  <message>
   <source>Train a copy of the open model with these settings</source>
   <translation>用这些设置训练当前模型的副本</translation>
  </message>
  <message>
   <source>Trained.</source>
   <translation>训练完成。</translation>
  </message>
  <message>
   <source>Training</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>Trainings that were paused, or ended by a crash</source>
   <translation>已暂停或因崩溃而中断的训练</translation>
  </message>
  <message>
   <source>Two of the pictures side by side, and where they differ</source>
   <translation>并排显示其中两张图片及其差异</translation>
  </message>
  <message>
   <source>Two pictures with a wipe between them</source>
   <translation>两张图片，中间有擦除分界</translation>
  </message>
  <message>
   <source>Type a number and press Return; Escape leaves it as it was</source>
   <translation>输入数字并按回车；Esc 保持原样</translation>
  </message>
  <message>
   <source>Type of file</source>
   <translation>文件类型</translation>
  </message>
  <message>
   <source>UNet</source>
   <translation>UNet</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>Undo all changes to the channels</source>
   <translation>撤销对通道的所有更改</translation>
  </message>
  <message>
   <source>Unfinished</source>
   <translation>未完成</translation>
  </message>
  <message>
   <source>Unfinished trainings</source>
   <translation>未完成的训练</translation>
  </message>
  <message>
   <source>Upper end of the scale</source>
   <translation>刻度上端</translation>
  </message>
  <message>
   <source>Use it</source>
   <translation>使用</translation>
  </message>
  <message>
   <source>Use the trained model</source>
   <translation>使用训练好的模型</translation>
  </message>
  <message>
   <source>Use the whole screen.</source>
   <translation>使用整个屏幕。</translation>
  </message>
  <message>
   <source>VAE</source>
   <translation>VAE</translation>
  </message>
  <message>
   <source>VAE alone</source>
   <translation>仅 VAE</translation>
  </message>
  <message>
   <source>VAE decoder</source>
   <translation>VAE 解码器</translation>
  </message>
  <message>
   <source>VAE encoder</source>
   <translation>VAE 编码器</translation>
  </message>
  <message>
   <source>Value of the brush</source>
   <translation>画笔的值</translation>
  </message>
  <message>
   <source>Values</source>
   <translation>数值</translation>
  </message>
  <message>
   <source>Values at the cursor</source>
   <translation>光标处的值</translation>
  </message>
  <message>
   <source>Values under the pointer</source>
   <translation>指针处的值</translation>
  </message>
  <message>
   <source>Version.</source>
   <translation>版本。</translation>
  </message>
  <message>
   <source>Views</source>
   <translation>视图</translation>
  </message>
  <message>
   <source>Visited timesteps</source>
   <translation>经过的时间步</translation>
  </message>
  <message>
   <source>Waiting …</source>
   <translation>正在等待…</translation>
  </message>
  <message>
   <source>Walk from the picture up to noise and back down (Return in the caption)</source>
   <translation>从图片向上走到噪声，再往下走回来（在描述文字中按回车）</translation>
  </message>
  <message>
   <source>Walking up …</source>
   <translation>正在走去程…</translation>
  </message>
  <message>
   <source>Warm-up</source>
   <translation>预热步数</translation>
  </message>
  <message>
   <source>Warm-up, then down along a cosine</source>
   <translation>先预热，再沿余弦下降</translation>
  </message>
  <message>
   <source>Weighs the loss by min(SNR, γ)/SNR for ε (Hang et al. 2023); 0: the plain loss</source>
   <translation>损失按 min(SNR, γ)/SNR 加权（对 ε；Hang et al. 2023）；0 表示原始损失</translation>
  </message>
  <message>
   <source>Weight matrix</source>
   <translation>权重矩阵</translation>
  </message>
  <message>
   <source>What a picture looks like at each timestep, as latent and decoded</source>
   <translation>图片在每个时间步的样子：潜变量与解码结果</translation>
  </message>
  <message>
   <source>What a pixel looks at is not averaged: choose Words, Heads or Layers.</source>
   <translation>像素关注之处不能取平均：请选择“词”、“注意力头”或“层”。</translation>
  </message>
  <message>
   <source>What another scale makes of the chosen step</source>
   <translation>另一个尺度会使所选步变成什么</translation>
  </message>
  <message>
   <source>What came of the training</source>
   <translation>训练的结果</translation>
  </message>
  <message>
   <source>What do you want to do?</source>
   <translation>您想做什么？</translation>
  </message>
  <message>
   <source>What each module gives: all channels, one large, the change over steps</source>
   <translation>每个模块的输出：所有通道、放大的单个通道，以及随步的变化</translation>
  </message>
  <message>
   <source>What guidance is</source>
   <translation>什么是引导</translation>
  </message>
  <message>
   <source>What is drawn in on the axis at the right</source>
   <translation>右侧坐标轴上绘制的量</translation>
  </message>
  <message>
   <source>What is going on</source>
   <translation>当前状态</translation>
  </message>
  <message>
   <source>What is inverted</source>
   <translation>被反演的图片</translation>
  </message>
  <message>
   <source>What is looked at</source>
   <translation>正在查看的内容</translation>
  </message>
  <message>
   <source>What is noised</source>
   <translation>被加噪声的图片</translation>
  </message>
  <message>
   <source>What is seen here</source>
   <translation>此处所见</translation>
  </message>
  <message>
   <source>What is seen here, and why</source>
   <translation>此处所见及其原因</translation>
  </message>
  <message>
   <source>What is shown</source>
   <translation>所示内容</translation>
  </message>
  <message>
   <source>What is trained</source>
   <translation>训练对象</translation>
  </message>
  <message>
   <source>What is trained, and what to look for</source>
   <translation>训练的是什么，应当留意什么</translation>
  </message>
  <message>
   <source>What it does</source>
   <translation>作用</translation>
  </message>
  <message>
   <source>What it says with an empty caption</source>
   <translation>描述文字为空时的预测</translation>
  </message>
  <message>
   <source>What it says with the caption</source>
   <translation>带描述文字时的预测</translation>
  </message>
  <message>
   <source>What it takes is known once a model is open.</source>
   <translation>打开模型后即可得知所需空间。</translation>
  </message>
  <message>
   <source>What lies under the map: the picture, where low values let it through (fading) or all do alike, x̂₀ of the step, or nothing</source>
   <translation>热力图下面的内容：图片（渐隐：值越低越透明；叠加：各处透明度相同）、该步的 x̂₀，或不显示</translation>
  </message>
  <message>
   <source>What of the view to export.</source>
   <translation>要导出视图中的什么。</translation>
  </message>
  <message>
   <source>What the VAE alone makes of it</source>
   <translation>仅经 VAE 编码再解码所得</translation>
  </message>
  <message>
   <source>What the VAE alone makes of the original</source>
   <translation>原图仅经 VAE 编码再解码所得</translation>
  </message>
  <message>
   <source>What the VAE makes of the original without any step: the most that can come back</source>
   <translation>原图一步不走、仅经 VAE 所得：能返回的上限</translation>
  </message>
  <message>
   <source>What the channels are sorted by; the largest comes first</source>
   <translation>通道的排序依据；最大者在前</translation>
  </message>
  <message>
   <source>What the curve says</source>
   <translation>曲线说明</translation>
  </message>
  <message>
   <source>What the denoiser is given: √ᾱ·x₀ + √(1−ᾱ)·ε</source>
   <translation>交给去噪器的量：√ᾱ·x₀ + √(1−ᾱ)·ε</translation>
  </message>
  <message>
   <source>What the denoiser should have said of a picture, what it said, and the loss</source>
   <translation>对一张图片，去噪器本应给出的、实际给出的，以及损失</translation>
  </message>
  <message>
   <source>What the denoiser should say</source>
   <translation>去噪器应给出的量</translation>
  </message>
  <message>
   <source>What the map is made of</source>
   <translation>这张图由哪些部分得出</translation>
  </message>
  <message>
   <source>What the middle of the brush becomes, in latent units</source>
   <translation>画笔中心处变为的值，以潜变量单位计</translation>
  </message>
  <message>
   <source>What the module gives at the chosen step</source>
   <translation>模块在所选步的输出</translation>
  </message>
  <message>
   <source>What the module has learned: its weights</source>
   <translation>模块学到的内容：权重</translation>
  </message>
  <message>
   <source>What the pixel under the cursor attends to; click a word to see it</source>
   <translation>光标所指像素关注哪些词；单击一个词可查看</translation>
  </message>
  <message>
   <source>What the selected output channel is made of: one kernel for each input channel</source>
   <translation>所选输出通道的构成：每个输入通道一个卷积核</translation>
  </message>
  <message>
   <source>What the selected pixel looks at, layer by layer; click the picture</source>
   <translation>所选像素关注哪里，逐层显示；请单击图片</translation>
  </message>
  <message>
   <source>What the small maps are</source>
   <translation>小图的内容</translation>
  </message>
  <message>
   <source>What the text encoder reads. Click a word to follow it; Left and Right go on.</source>
   <translation>文本编码器读到的内容。单击一个词以跟踪它；左右键移动。</translation>
  </message>
  <message>
   <source>What to see of the module</source>
   <translation>查看模块的哪一方面</translation>
  </message>
  <message>
   <source>What to show</source>
   <translation>显示什么</translation>
  </message>
  <message>
   <source>What was asked, of which model, with which libraries; the tokens</source>
   <translation>要求了什么、用哪个模型、哪些库；以及词元</translation>
  </message>
  <message>
   <source>What was encoded</source>
   <translation>被编码的图片</translation>
  </message>
  <message>
   <source>What {place} looks at</source>
   <translation>{place} 关注哪里</translation>
  </message>
  <message>
   <source>Wheel zooms, dragging pans, a click selects the pixel. Keys: F fits, 1 shows pixel for pixel, + and − zoom, arrows move the crosshair.</source>
   <translation>滚轮缩放，拖动平移，单击选中像素。按键：F 适合窗口，1 逐像素显示，+ 和 − 缩放，方向键移动十字线。</translation>
  </message>
  <message>
   <source>When</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>When the slider rests, decode both pictures with the VAE</source>
   <translation>滑块停下时，用 VAE 解码两张图片</translation>
  </message>
  <message>
   <source>Where a word is heard can be told of recorded attention only.</source>
   <translation>只有记录了注意力，才能得知词在何处受到关注。</translation>
  </message>
  <message>
   <source>Where much happens at the chosen step: the mean |x| of each output, or its change, on one scale for the whole run. Pale bars are the mean of the modules below.</source>
   <translation>所选步中哪里活动强烈：各输出的平均 |x| 或其变化，整次运行使用同一刻度。浅色条形是下级模块的均值。</translation>
  </message>
  <message>
   <source>Where the model runs, and in what.</source>
   <translation>模型在哪里、以何种精度运行。</translation>
  </message>
  <message>
   <source>Where the negative prompt is heard; doubles the maps.</source>
   <translation>反向提示词在何处受到关注；图的数量加倍。</translation>
  </message>
  <message>
   <source>Where the trained model or LoRA is written; the open model is never changed</source>
   <translation>训练好的模型或 LoRA 写到哪里；打开的模型从不改动</translation>
  </message>
  <message>
   <source>Where the words act</source>
   <translation>文字在何处起作用</translation>
  </message>
  <message>
   <source>Where the words lead; grey: nowhere</source>
   <translation>文字引向何处；灰色表示没有</translation>
  </message>
  <message>
   <source>Which cross-attention layers the map is made of</source>
   <translation>热力图由哪些交叉注意力层构成</translation>
  </message>
  <message>
   <source>Which head, or the mean of all</source>
   <translation>哪个注意力头，或全部的平均</translation>
  </message>
  <message>
   <source>Which heads of each layer the map is made of</source>
   <translation>热力图由每层的哪些注意力头构成</translation>
  </message>
  <message>
   <source>Which layer of the text encoder</source>
   <translation>文本编码器的哪一层</translation>
  </message>
  <message>
   <source>Which number of the module's output is drawn</source>
   <translation>绘制模块输出的哪个统计量</translation>
  </message>
  <message>
   <source>Which predictions each call evaluates. Always both makes s = 0 the unconditional prediction and lets every scale be tried afterwards.</source>
   <translation>每次调用计算哪些预测。“总是两个分支”使 s = 0 即无条件预测，并可在事后尝试任意引导尺度。</translation>
  </message>
  <message>
   <source>Which prompt's pictures are in the strip</source>
   <translation>胶片条显示哪个提示词的图片</translation>
  </message>
  <message>
   <source>Which timesteps schedulers visit, and how large their steps are</source>
   <translation>各调度器经过哪些时间步，以及步的大小</translation>
  </message>
  <message>
   <source>Which tokens hear which, inside the encoder</source>
   <translation>编码器内部哪些词元听取哪些词元</translation>
  </message>
  <message>
   <source>Which vectors: of any layer, or what the UNet is given</source>
   <translation>哪些向量：任意一层的，或交给 UNet 的</translation>
  </message>
  <message>
   <source>While a run goes, moving the guidance scale changes the steps still to come; otherwise it is for the next run.</source>
   <translation>运行期间移动引导尺度会改变尚未到来的各步；否则用于下一次运行。</translation>
  </message>
  <message>
   <source>Whose attention: of the prompt, or of the unconditional branch</source>
   <translation>谁的注意力：提示词的，或无条件分支的</translation>
  </message>
  <message>
   <source>Why nothing is shown</source>
   <translation>没有内容的原因</translation>
  </message>
  <message>
   <source>Why they differ: behind the question mark</source>
   <translation>为何不同：见问号按钮</translation>
  </message>
  <message>
   <source>Width in pixels</source>
   <translation>宽度（像素）</translation>
  </message>
  <message>
   <source>Width of A and B</source>
   <translation>A 与 B 的宽度</translation>
  </message>
  <message>
   <source>Wipe</source>
   <translation>擦除</translation>
  </message>
  <message>
   <source>With the prompt</source>
   <translation>带提示词</translation>
  </message>
  <message>
   <source>Without the prompt, or with the negative one</source>
   <translation>不带提示词，或带反向提示词</translation>
  </message>
  <message>
   <source>Word {number}: “{text}”</source>
   <translation>第 {number} 个词：“{text}”</translation>
  </message>
  <message>
   <source>Words</source>
   <translation>词</translation>
  </message>
  <message>
   <source>Words at the pixel</source>
   <translation>该像素处的词</translation>
  </message>
  <message>
   <source>Words at x {x}, y {y}</source>
   <translation>x {x}、y {y} 处的词</translation>
  </message>
  <message>
   <source>Words ranked at the pixel</source>
   <translation>该像素处词的排序</translation>
  </message>
  <message>
   <source>Words that a module's path, class or kind must hold: “up attn2”, “resnet” (Ctrl+F)</source>
   <translation>模块的路径、类或种类须包含的词：“up attn2”、“resnet”（Ctrl+F）</translation>
  </message>
  <message>
   <source>Work on the final latent of the run that is shown</source>
   <translation>处理所示运行的最终潜变量</translation>
  </message>
  <message>
   <source>Working</source>
   <translation>正在工作</translation>
  </message>
  <message>
   <source>Write the scales to run, such as 1, 3, 7.5</source>
   <translation>请写出要运行的尺度，例如 1, 3, 7.5</translation>
  </message>
  <message>
   <source>Writing the result …</source>
   <translation>正在写出结果…</translation>
  </message>
  <message>
   <source>Written: {path}</source>
   <translation>已写入：{path}</translation>
  </message>
  <message>
   <source>a new folder among the trained models</source>
   <translation>训练模型中的新文件夹</translation>
  </message>
  <message>
   <source>a sample, seed {seed}</source>
   <translation>一个样本，种子 {seed}</translation>
  </message>
  <message>
   <source>activation.one-branch</source>
   <translation>此记录只运行了一个分支，因此没有分支之差。请用大于 1 的引导尺度运行，或记录两个分支。</translation>
  </message>
  <message>
   <source>acts now</source>
   <translation>正在起作用</translation>
  </message>
  <message>
   <source>after layer {layer}</source>
   <translation>第 {layer} 层之后</translation>
  </message>
  <message>
   <source>against the VAE's</source>
   <translation>与 VAE 所得相比</translation>
  </message>
  <message>
   <source>against the original</source>
   <translation>与原图相比</translation>
  </message>
  <message>
   <source>all</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>all steps</source>
   <translation>全部步</translation>
  </message>
  <message>
   <source>all {count} steps</source>
   <translation>全部 {count} 步</translation>
  </message>
  <message>
   <source>all {count} steps ({calls} calls)</source>
   <translation>全部 {count} 步（{calls} 次调用）</translation>
  </message>
  <message>
   <source>and {count} more</source>
   <translation>还有 {count} 条</translation>
  </message>
  <message>
   <source>as colours</source>
   <translation>显示为颜色</translation>
  </message>
  <message>
   <source>as it is</source>
   <translation>原样</translation>
  </message>
  <message>
   <source>as r</source>
   <translation>同 r</translation>
  </message>
  <message>
   <source>attention</source>
   <translation>注意力</translation>
  </message>
  <message>
   <source>attention-map-diffusers</source>
   <translation>attention-map-diffusers</translation>
  </message>
  <message>
   <source>attention.mixed-prompts</source>
   <translation>这些步之间提示词有改动，注意力各列对应的词并不相同。请选择提示词相同的步。</translation>
  </message>
  <message>
   <source>attention.no-layer</source>
   <translation>没有注意力层“{layer}”。请检查名称，或在模块树中选择一个。</translation>
  </message>
  <message>
   <source>attention.no-token</source>
   <translation>没有第 {token} 个词元：提示词的词元从 0（BOS）数起，有 {tokens} 个，编号 {tokens} 表示全部填充的合计。</translation>
  </message>
  <message>
   <source>attention.no-word</source>
   <translation>提示词中没有词“{word}”，或它出现的次数没有这么多。不在提示词中的词可以作为单独的文本查询（OVAM）。</translation>
  </message>
  <message>
   <source>attention.no-words</source>
   <translation>提示词中没有词。请选择词元：0 是 BOS。</translation>
  </message>
  <message>
   <source>attention.not-captured</source>
   <translation>此记录在这些步中没有所需的交叉注意力。请打开生成它的模型以便通过重放恢复，或在记录注意力的情况下重新运行。</translation>
  </message>
  <message>
   <source>attention.word-cut</source>
   <translation>词“{word}”已被截断：文本编码器只读取 {limit} 个词元，而提示词更长。请缩短提示词，或将该词作为单独的文本查询（OVAM）。</translation>
  </message>
  <message>
   <source>auto</source>
   <translation>自动</translation>
  </message>
  <message>
   <source>before, s = {scale}</source>
   <translation>之前，s = {scale}</translation>
  </message>
  <message>
   <source>beginning of the text (BOS)</source>
   <translation>文本开始（BOS）</translation>
  </message>
  <message>
   <source>branches.no-guidance</source>
   <translation>此模型已将引导蒸馏其中，没有无条件分支，因此无法补上。请打开接受引导的模型，并用它运行提示词。</translation>
  </message>
  <message>
   <source>branches.not-a-run</source>
   <translation>{path} 是 {kind} 类记录，没有分支。请选择一次运行或一张被观察的图片。</translation>
  </message>
  <message>
   <source>by cond − uncond</source>
   <translation>按条件 − 无条件</translation>
  </message>
  <message>
   <source>by mean |x|</source>
   <translation>按平均 |x|</translation>
  </message>
  <message>
   <source>by method</source>
   <translation>依方法</translation>
  </message>
  <message>
   <source>by number</source>
   <translation>按编号</translation>
  </message>
  <message>
   <source>by variance</source>
   <translation>按方差</translation>
  </message>
  <message>
   <source>call</source>
   <translation>调用</translation>
  </message>
  <message>
   <source>cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>captions from a table</source>
   <translation>描述文字取自表格</translation>
  </message>
  <message>
   <source>captions from text files beside them</source>
   <translation>描述文字取自旁边的文本文件</translation>
  </message>
  <message>
   <source>captions from their names</source>
   <translation>描述文字取自文件名</translation>
  </message>
  <message>
   <source>capture.fused</source>
   <translation>此模型的投影已融合，无法读取 query 和 key。请先调用 unet.unfuse_qkv_projections()，或不捕获注意力。</translation>
  </message>
  <message>
   <source>capture.no-cross-attention</source>
   <translation>此模型的去噪器没有交叉注意力：其各层从不看词，因此没有可显示的内容。激活仍可查看。</translation>
  </message>
  <message>
   <source>capture.no-module</source>
   <translation>去噪器中没有与“{pattern}”匹配的模块。</translation>
  </message>
  <message>
   <source>capture.unknown</source>
   <translation>无法捕获“{name}”。请使用 attention、statistics、activations=PATTERN、both-branches、all 或 none。</translation>
  </message>
  <message>
   <source>capture.unreadable</source>
   <translation>{layer} 的注意力不只关注文本，无法在此读取。</translation>
  </message>
  <message>
   <source>ch {number}</source>
   <translation>通道 {number}</translation>
  </message>
  <message>
   <source>channel</source>
   <translation>通道</translation>
  </message>
  <message>
   <source>channel {number}</source>
   <translation>通道 {number}</translation>
  </message>
  <message>
   <source>channel {number}: {count} kernels {size}</source>
   <translation>通道 {number}：{count} 个 {size} 卷积核</translation>
  </message>
  <message>
   <source>check failed</source>
   <translation>检查失败</translation>
  </message>
  <message>
   <source>checking the weights</source>
   <translation>校验权重</translation>
  </message>
  <message>
   <source>complete</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>components of step {step}</source>
   <translation>第 {step} 步的主成分</translation>
  </message>
  <message>
   <source>cond</source>
   <translation>条件</translation>
  </message>
  <message>
   <source>cond − uncond</source>
   <translation>条件 − 无条件</translation>
  </message>
  <message>
   <source>conv</source>
   <translation>卷积</translation>
  </message>
  <message>
   <source>cropped</source>
   <translation>已裁剪</translation>
  </message>
  <message>
   <source>curve.interval</source>
   <translation>引导曲线的区间结束于 {stop:g}，早于其开始 {start:g}。请将二者互换。</translation>
  </message>
  <message>
   <source>curve.not-finite</source>
   <translation>引导曲线须由有限的数构成。请为它的每个尺度和步输入数字。</translation>
  </message>
  <message>
   <source>curve.places</source>
   <translation>引导曲线至少需要一次调用，且各次调用须按顺序排列。请选择含有调用的运行，并从首步到末步依次给出各步。</translation>
  </message>
  <message>
   <source>curve.unknown</source>
   <translation>没有名为 {kind} 的引导曲线。请从中选择：{kinds}。</translation>
  </message>
  <message>
   <source>decoded</source>
   <translation>已解码</translation>
  </message>
  <message>
   <source>decoded, changed</source>
   <translation>解码图，已更改</translation>
  </message>
  <message>
   <source>device.missing</source>
   <translation>本机没有 torch 可用的设备 {name}。请用 auto 或 cpu。</translation>
  </message>
  <message>
   <source>device.unknown</source>
   <translation>没有名为 {name} 的设备。请使用 auto、cpu、cuda、cuda:1 或 mps。</translation>
  </message>
  <message>
   <source>diff</source>
   <translation>差</translation>
  </message>
  <message>
   <source>differs from the plain pipeline by {value}</source>
   <translation>与原版管线相差 {value}</translation>
  </message>
  <message>
   <source>down</source>
   <translation>回程</translation>
  </message>
  <message>
   <source>down: step {step} of {steps}</source>
   <translation>回程：第 {step} 步，共 {steps} 步</translation>
  </message>
  <message>
   <source>drawn, with their captions</source>
   <translation>绘制所得，附描述文字</translation>
  </message>
  <message>
   <source>drop a folder here</source>
   <translation>将文件夹拖到此处</translation>
  </message>
  <message>
   <source>dtype.unknown</source>
   <translation>没有名为 {name} 的精度。</translation>
  </message>
  <message>
   <source>each channel its own range</source>
   <translation>每个通道用各自的范围</translation>
  </message>
  <message>
   <source>edited</source>
   <translation>编辑的</translation>
  </message>
  <message>
   <source>edited {scale}</source>
   <translation>编辑为 {scale}</translation>
  </message>
  <message>
   <source>embedding, after the final norm</source>
   <translation>嵌入，最后归一化之后</translation>
  </message>
  <message>
   <source>encode</source>
   <translation>编码</translation>
  </message>
  <message>
   <source>encoding and decoding tiles</source>
   <translation>分块编码与解码</translation>
  </message>
  <message>
   <source>encoding the others</source>
   <translation>编码对照图片</translation>
  </message>
  <message>
   <source>encoding the pictures</source>
   <translation>编码图片</translation>
  </message>
  <message>
   <source>end of the text (EOS)</source>
   <translation>文本结束（EOS）</translation>
  </message>
  <message>
   <source>equal</source>
   <translation>相同</translation>
  </message>
  <message>
   <source>error</source>
   <translation>误差</translation>
  </message>
  <message>
   <source>error with</source>
   <translation>误差，带描述</translation>
  </message>
  <message>
   <source>error without</source>
   <translation>误差，无描述</translation>
  </message>
  <message>
   <source>evaluation.model</source>
   <translation>无法打开 {path}：{why}</translation>
  </message>
  <message>
   <source>evaluation.prompts</source>
   <translation>评估至少需要两个提示词和一个引导尺度。</translation>
  </message>
  <message>
   <source>export.cannot-write</source>
   <translation>无法写入 {path}：{reason}。请选择存在且您有权写入的文件夹。</translation>
  </message>
  <message>
   <source>export.disk-full</source>
   <translation>磁盘已满：无法写入 {path}。请腾出空间，或选择其他文件夹。</translation>
  </message>
  <message>
   <source>export.ending</source>
   <translation>无法将此内容写入 {name}：文件名须以下列之一结尾：{endings}。</translation>
  </message>
  <message>
   <source>export.matplotlib-missing</source>
   <translation>写入 .{ending} 图需要 matplotlib，但未安装。安装方法：pip install matplotlib</translation>
  </message>
  <message>
   <source>export.no-branch</source>
   <translation>{layer} 在此没有所要的输出（{branch}）：该分支没有运行。请选择其他分支，或在记录两个分支的情况下重新运行。</translation>
  </message>
  <message>
   <source>export.no-channel</source>
   <translation>{layer} 有 {channels} 个通道，从 0 数起；没有通道 {channel}。</translation>
  </message>
  <message>
   <source>export.no-image</source>
   <translation>{path} 中没有图片：运行没有完成。请导出其潜变量，或选择已完成的记录。</translation>
  </message>
  <message>
   <source>export.no-model</source>
   <translation>{path} 中没有 {what}，而可用来重放它的模型 {model} 无法打开。请用 --model 指定模型。</translation>
  </message>
  <message>
   <source>export.not-finished</source>
   <translation>{path} 中还没有内容：它没有完成。请重新生成。</translation>
  </message>
  <message>
   <source>export.other-kind</source>
   <translation>{path} 是 {kind} 类记录，其中没有 {what}。请选择其他内容，或含有它的记录。</translation>
  </message>
  <message>
   <source>export.unknown</source>
   <translation>无法从记录中导出 {what}。请选择 image 或 latents。</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>feeds every resnet:</source>
   <translation>送入每个 resnet：</translation>
  </message>
  <message>
   <source>fetch.no-model</source>
   <translation>{name} 中没有 {what}，而且没有打开可用来计算它的模型。请打开模型 {model} 以查看内部。</translation>
  </message>
  <message>
   <source>fetch.read-only</source>
   <translation>{name} 含有本版本不认识的干预，因此无法在此计算它没有记录的内容。</translation>
  </message>
  <message>
   <source>final latent, decoded by the VAE, {size}</source>
   <translation>最终潜变量，由 VAE 解码，{size}</translation>
  </message>
  <message>
   <source>fitted linear map</source>
   <translation>拟合的线性映射</translation>
  </message>
  <message>
   <source>fitting the colour preview</source>
   <translation>拟合颜色预览</translation>
  </message>
  <message>
   <source>folder.cannot-make</source>
   <translation>无法创建文件夹 {folder}。请把 SDINSPECTOR_HOME 设为您有权写入的文件夹。</translation>
  </message>
  <message>
   <source>fork</source>
   <translation>分叉</translation>
  </message>
  <message>
   <source>fork.cannot-change</source>
   <translation>运行中途不能更改：{names}。可以更改的是 guidance_scale、prompt、edits 和 capture。要更改其他设置，请从 0 处分叉。</translation>
  </message>
  <message>
   <source>fork.no-call</source>
   <translation>此记录有 {calls} 次调用；无法在第 {call} 次处分叉。</translation>
  </message>
  <message>
   <source>fork.not-a-run</source>
   <translation>此记录不是运行，而是 {kind} 类记录；只有运行才能分叉。</translation>
  </message>
  <message>
   <source>fork.not-reproducible</source>
   <translation>第 {call} 次调用的结果与记录不同，因此无法在此分叉：库的版本或调度器不一样。</translation>
  </message>
  <message>
   <source>fork.onto-itself</source>
   <translation>分叉不能覆盖它所离开的记录 {path}。请换一个名称。</translation>
  </message>
  <message>
   <source>fork.past-changed</source>
   <translation>这些干预会改变第 {call} 次调用，而它早于 {step} 处的分叉。请让干预从 {step} 开始，或在 {call} 处分叉。</translation>
  </message>
  <message>
   <source>fork.read-only</source>
   <translation>{path} 含有本版本不认识的干预，因此无法在此分叉。</translation>
  </message>
  <message>
   <source>fork.unknown-change</source>
   <translation>运行没有可更改的设置：{names}。</translation>
  </message>
  <message>
   <source>from step</source>
   <translation>从第几步</translation>
  </message>
  <message>
   <source>from the files</source>
   <translation>取自文件</translation>
  </message>
  <message>
   <source>from {low} to {high}</source>
   <translation>从 {low} 到 {high}</translation>
  </message>
  <message>
   <source>further calls of a step: {count}</source>
   <translation>同一步的再次调用：{count}</translation>
  </message>
  <message>
   <source>gap</source>
   <translation>差距</translation>
  </message>
  <message>
   <source>gap {gap}</source>
   <translation>差距 {gap}</translation>
  </message>
  <message>
   <source>guidance.no-branch</source>
   <translation>{name} 的第 {call} 次调用没有运行无条件分支，因此没有引导可看。请在窗口的引导视图中补上该分支，或用 --branches both 重新运行。</translation>
  </message>
  <message>
   <source>guidance.no-pictures</source>
   <translation>这些运行都没有图片，因此无法拼成一张总览。请至少让其中一次运行到底。</translation>
  </message>
  <message>
   <source>guidance.not-finite</source>
   <translation>引导的 {name} 须为有限的数，而不是 {value}。请换一个值。</translation>
  </message>
  <message>
   <source>has no word “{text}”</source>
   <translation>没有词“{text}”</translation>
  </message>
  <message>
   <source>head {head}</source>
   <translation>头 {head}</translation>
  </message>
  <message>
   <source>head {number}</source>
   <translation>注意力头 {number}</translation>
  </message>
  <message>
   <source>heatmap.no-head</source>
   <translation>层 {layer} 有 {heads} 个注意力头，从 0 数起；没有所选的注意力头。</translation>
  </message>
  <message>
   <source>heatmap.no-layers</source>
   <translation>配方 {recipe} 只取下行块和上行块的注意力，而所选的层中没有。请选择其他层或其他配方。</translation>
  </message>
  <message>
   <source>heatmap.no-recipe</source>
   <translation>没有名为 {recipe} 的配方。现有配方：{recipes}。</translation>
  </message>
  <message>
   <source>here</source>
   <translation>此处</translation>
  </message>
  <message>
   <source>holds no attention of the unconditional branch</source>
   <translation>不含无条件分支的注意力</translation>
  </message>
  <message>
   <source>holds no step</source>
   <translation>不含任何一步</translation>
  </message>
  <message>
   <source>id</source>
   <translation>编号</translation>
  </message>
  <message>
   <source>identical to the plain pipeline</source>
   <translation>与原版管线一致</translation>
  </message>
  <message>
   <source>identity.not-comparable</source>
   <translation>原版管线无法重复此记录：它不是普通的运行，或使用了原版管线没有的设置。</translation>
  </message>
  <message>
   <source>identity.other-model</source>
   <translation>此记录是用另一个模型生成的。请打开 {source} 再进行核对。</translation>
  </message>
  <message>
   <source>ids 1 × {positions}, batch × tokens   →   embedding 1 × {positions} × {width}, batch × tokens × width</source>
   <translation>编号 1 × {positions}，批 × 词元   →   嵌入 1 × {positions} × {width}，批 × 词元 × 宽度</translation>
  </message>
  <message>
   <source>importing {what}</source>
   <translation>导入 {what}</translation>
  </message>
  <message>
   <source>in tiles, seams blended</source>
   <translation>分块处理，接缝已融合</translation>
  </message>
  <message>
   <source>in {number}</source>
   <translation>输入 {number}</translation>
  </message>
  <message>
   <source>install.resources-missing</source>
   <translation>{package} 旁缺少程序文件夹“resources”。请重新安装。</translation>
  </message>
  <message>
   <source>interrupted</source>
   <translation>中断</translation>
  </message>
  <message>
   <source>interrupted: its program has gone</source>
   <translation>中断：其程序已不在</translation>
  </message>
  <message>
   <source>inversion</source>
   <translation>反演</translation>
  </message>
  <message>
   <source>inversion.no-path</source>
   <translation>{path} 中没有图片的反演。可这样生成：sdinspector invert PICTURE --prompt TEXT --out NAME.sdrec。</translation>
  </message>
  <message>
   <source>inversion.no-schedule</source>
   <translation>此模型的调度器 {name} 没有噪声调度 ᾱ，而 DDIM 反演需要它。请打开 Stable Diffusion 模型。</translation>
  </message>
  <message>
   <source>inversion.not-finite</source>
   <translation>引导尺度为 {scale:g} 时，去程超出了 {dtype} 能表示的数。请用尺度 1，或 float32。</translation>
  </message>
  <message>
   <source>inversion.scheduler</source>
   <translation>只有 DDIM 可以倒着走，而 {name} 是另一种调度器。请不指定，或指定 ddim；反演的分叉可用任何调度器。</translation>
  </message>
  <message>
   <source>its mean</source>
   <translation>其均值</translation>
  </message>
  <message>
   <source>kept</source>
   <translation>保留</translation>
  </message>
  <message>
   <source>kind</source>
   <translation>种类</translation>
  </message>
  <message>
   <source>latent 1 × {channels} × {height} × {width}, batch × channels × height × width</source>
   <translation>潜变量 1 × {channels} × {height} × {width}，批 × 通道 × 高 × 宽</translation>
  </message>
  <message>
   <source>latent units</source>
   <translation>潜变量单位</translation>
  </message>
  <message>
   <source>latent x_t</source>
   <translation>潜变量 x_t</translation>
  </message>
  <message>
   <source>latent.missing</source>
   <translation>没有潜变量 {path}。</translation>
  </message>
  <message>
   <source>latent.shape</source>
   <translation>潜变量的形状是 [{shape}]，与此模型（{channels} 个通道）或所要的图片尺寸不符。</translation>
  </message>
  <message>
   <source>latent.unreadable</source>
   <translation>无法从 {path} 读取潜变量：{why}。</translation>
  </message>
  <message>
   <source>latents in linear preview colours</source>
   <translation>潜变量以线性预览颜色显示</translation>
  </message>
  <message>
   <source>layer {layer}</source>
   <translation>第 {layer} 层</translation>
  </message>
  <message>
   <source>learning rate</source>
   <translation>学习率</translation>
  </message>
  <message>
   <source>left picture</source>
   <translation>左图</translation>
  </message>
  <message>
   <source>length</source>
   <translation>长度</translation>
  </message>
  <message>
   <source>levels of 255</source>
   <translation>色阶（满值 255）</translation>
  </message>
  <message>
   <source>loading the LoRA</source>
   <translation>加载 LoRA</translation>
  </message>
  <message>
   <source>loading the {what}</source>
   <translation>加载 {what}</translation>
  </message>
  <message>
   <source>localisation.captions</source>
   <translation>选择与报告各需要至少一条描述文字。</translation>
  </message>
  <message>
   <source>log</source>
   <translation>对数</translation>
  </message>
  <message>
   <source>looking at the model's files</source>
   <translation>查看模型文件</translation>
  </message>
  <message>
   <source>loss</source>
   <translation>损失</translation>
  </message>
  <message>
   <source>loss after</source>
   <translation>训练后的损失</translation>
  </message>
  <message>
   <source>loss before</source>
   <translation>训练前的损失</translation>
  </message>
  <message>
   <source>loss of others after</source>
   <translation>训练后的对照损失</translation>
  </message>
  <message>
   <source>loss of others before</source>
   <translation>训练前的对照损失</translation>
  </message>
  <message>
   <source>loss {loss} with the caption, {blind} without
gap {gap}, {share} %</source>
   <translation>损失：带描述文字 {loss}，不带 {blind}
差距 {gap}，{share} %</translation>
  </message>
  <message>
   <source>made with another model; moving t asks the one now open</source>
   <translation>由另一个模型生成；移动 t 会询问当前打开的模型</translation>
  </message>
  <message>
   <source>max</source>
   <translation>最大</translation>
  </message>
  <message>
   <source>maximum</source>
   <translation>最大值</translation>
  </message>
  <message>
   <source>mean</source>
   <translation>均值</translation>
  </message>
  <message>
   <source>mean of the heads</source>
   <translation>各头的平均</translation>
  </message>
  <message>
   <source>mean of {count} recordings</source>
   <translation>{count} 个记录的均值</translation>
  </message>
  <message>
   <source>mean {value} of 255</source>
   <translation>平均 {value}（满值 255）</translation>
  </message>
  <message>
   <source>mean |x|</source>
   <translation>平均 |x|</translation>
  </message>
  <message>
   <source>mean |x| {change} since the call before</source>
   <translation>平均 |x| 较上一次调用 {change}</translation>
  </message>
  <message>
   <source>mean |x| {value}</source>
   <translation>平均 |x| {value}</translation>
  </message>
  <message>
   <source>memory.full</source>
   <translation>内存不足。请使用更小的图片或 float16，减少捕获，或关闭其他程序。</translation>
  </message>
  <message>
   <source>min</source>
   <translation>最小</translation>
  </message>
  <message>
   <source>min(SNR, γ): what the weights are cut off at; drawn in only</source>
   <translation>min(SNR, γ)：权重在此截断；只画出来</translation>
  </message>
  <message>
   <source>min-SNR weight</source>
   <translation>min-SNR 权重</translation>
  </message>
  <message>
   <source>minimum</source>
   <translation>最小值</translation>
  </message>
  <message>
   <source>model.builtin-missing</source>
   <translation>{folder} 处缺少内置模型。请重新安装程序，或打开其他模型。</translation>
  </message>
  <message>
   <source>model.cannot-load</source>
   <translation>{folder} 的 {part} 无法加载：{why}</translation>
  </message>
  <message>
   <source>model.closed</source>
   <translation>此模型已关闭。请重新打开。</translation>
  </message>
  <message>
   <source>model.folder-missing</source>
   <translation>没有文件夹 {path}。请检查路径。</translation>
  </message>
  <message>
   <source>model.incomplete</source>
   <translation>{folder} 中的模型不完整，缺少：{missing}。请重新复制或下载。</translation>
  </message>
  <message>
   <source>model.not-cached</source>
   <translation>{source} 既不是文件夹，也不在本地 Hugging Face 缓存中。本程序不会自行下载：请先运行 hf download {source}。</translation>
  </message>
  <message>
   <source>model.not-diffusers</source>
   <translation>{folder} 不是 diffusers 模型：其中没有 model_index.json。请选择含有它的文件夹。</translation>
  </message>
  <message>
   <source>model.pickle</source>
   <translation>{path} 是 pickle 文件，打开时可执行任意代码；本程序只读取 safetensors。请先转换为 diffusers 文件夹。</translation>
  </message>
  <message>
   <source>model.pickle-only</source>
   <translation>{folder} 中 {parts} 的权重是 pickle 文件，打开时可执行任意代码；本程序只读取 safetensors。请用 save_pretrained(FOLDER, safe_serialization=True) 重新保存。</translation>
  </message>
  <message>
   <source>model.single-file</source>
   <translation>{path} 是单个文件。请提供 diffusers 文件夹（其中含有 model_index.json）；可用 StableDiffusionPipeline.from_single_file(...).save_pretrained(FOLDER) 生成。</translation>
  </message>
  <message>
   <source>model.unreadable</source>
   <translation>无法读取 {file}：{why}。请重新复制或下载模型。</translation>
  </message>
  <message>
   <source>model.unsupported-class</source>
   <translation>{folder} 是 {class_name}，本版本不能打开这种模型。</translation>
  </message>
  <message>
   <source>model.unsupported-part</source>
   <translation>{folder} 的 {part} 是 {class_name}，本版本不能打开这样的模型。</translation>
  </message>
  <message>
   <source>model.weights-missing</source>
   <translation>{folder} 中 {part} 的权重缺少 {count} 个张量，例如 {first}。请重新复制或下载模型。</translation>
  </message>
  <message>
   <source>more noise than picture</source>
   <translation>噪声多于图片</translation>
  </message>
  <message>
   <source>more noise than picture: SNR &lt; 1</source>
   <translation>噪声多于图片：SNR &lt; 1</translation>
  </message>
  <message>
   <source>more picture than noise</source>
   <translation>图片多于噪声</translation>
  </message>
  <message>
   <source>most on the way</source>
   <translation>途中最大</translation>
  </message>
  <message>
   <source>moving the model to {what}</source>
   <translation>将模型移至 {what}</translation>
  </message>
  <message>
   <source>nearest in the vocabulary</source>
   <translation>词表中最近的</translation>
  </message>
  <message>
   <source>no linear map known</source>
   <translation>没有已知的线性映射</translation>
  </message>
  <message>
   <source>no linear map known: mean of the channels</source>
   <translation>没有已知的线性映射：取通道均值</translation>
  </message>
  <message>
   <source>no model</source>
   <translation>无模型</translation>
  </message>
  <message>
   <source>no prompt</source>
   <translation>无提示词</translation>
  </message>
  <message>
   <source>no second axis</source>
   <translation>无第二轴</translation>
  </message>
  <message>
   <source>noise</source>
   <translation>噪声</translation>
  </message>
  <message>
   <source>noise prediction</source>
   <translation>噪声预测</translation>
  </message>
  <message>
   <source>none</source>
   <translation>无</translation>
  </message>
  <message>
   <source>none yet</source>
   <translation>尚无</translation>
  </message>
  <message>
   <source>none; any is recovered later by replay</source>
   <translation>无；之后均可通过重放恢复</translation>
  </message>
  <message>
   <source>norm of the gradient of all below {value}</source>
   <translation>下级全部梯度的范数 {value}</translation>
  </message>
  <message>
   <source>norm of the gradient {value}</source>
   <translation>梯度的范数 {value}</translation>
  </message>
  <message>
   <source>not checked</source>
   <translation>未检查</translation>
  </message>
  <message>
   <source>not come yet</source>
   <translation>尚未得到</translation>
  </message>
  <message>
   <source>not run</source>
   <translation>未运行</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>无</translation>
  </message>
  <message>
   <source>nothing to project</source>
   <translation>没有可投影的内容</translation>
  </message>
  <message>
   <source>nothing yet</source>
   <translation>暂无</translation>
  </message>
  <message>
   <source>number {index}</source>
   <translation>第 {index} 个数</translation>
  </message>
  <message>
   <source>objective</source>
   <translation>训练目标</translation>
  </message>
  <message>
   <source>objective.gamma</source>
   <translation>γ 须为大于 0 的数，而不是 {gamma}。</translation>
  </message>
  <message>
   <source>objective.no-latent</source>
   <translation>{path} 没有最终潜变量。请选择已完成的运行。</translation>
  </message>
  <message>
   <source>objective.seeds</source>
   <translation>一条曲线需要一个或多个种子，而不是 {seeds} 个。</translation>
  </message>
  <message>
   <source>observe</source>
   <translation>观察</translation>
  </message>
  <message>
   <source>observe.timesteps</source>
   <translation>时间步须为 0 到 {highest} 的一个或多个整数，而不是 {timesteps}。</translation>
  </message>
  <message>
   <source>of 255</source>
   <translation>（满值 255）</translation>
  </message>
  <message>
   <source>of the caption before: draw it again</source>
   <translation>属于之前的描述文字：请重新绘制</translation>
  </message>
  <message>
   <source>of the channel</source>
   <translation>该通道</translation>
  </message>
  <message>
   <source>of the final latent, whatever the step</source>
   <translation>最终潜变量的，与步无关</translation>
  </message>
  <message>
   <source>of the picture, whatever the step</source>
   <translation>图片的，与步无关</translation>
  </message>
  <message>
   <source>of the prompt, the same at every step</source>
   <translation>提示词的，各步相同</translation>
  </message>
  <message>
   <source>of the unconditional branch too</source>
   <translation>也包括无条件分支</translation>
  </message>
  <message>
   <source>off</source>
   <translation>关</translation>
  </message>
  <message>
   <source>one caption for all</source>
   <translation>共用一条描述文字</translation>
  </message>
  <message>
   <source>one prompt a line; none: no pictures</source>
   <translation>每行一个提示词；留空则不生成图片</translation>
  </message>
  <message>
   <source>original</source>
   <translation>原图</translation>
  </message>
  <message>
   <source>out {number}</source>
   <translation>输出 {number}</translation>
  </message>
  <message>
   <source>output</source>
   <translation>输出</translation>
  </message>
  <message>
   <source>output {shape}</source>
   <translation>输出 {shape}</translation>
  </message>
  <message>
   <source>own size</source>
   <translation>自身尺寸</translation>
  </message>
  <message>
   <source>package attention-map-diffusers 1.0.0, save_attention_maps</source>
   <translation>attention-map-diffusers 1.0.0 包，save_attention_maps</translation>
  </message>
  <message>
   <source>padded</source>
   <translation>已填充</translation>
  </message>
  <message>
   <source>padding</source>
   <translation>填充</translation>
  </message>
  <message>
   <source>pasted picture</source>
   <translation>粘贴的图片</translation>
  </message>
  <message>
   <source>picture {width} × {height}, {placing}   →   {latent}</source>
   <translation>图片 {width} × {height}，{placing}   →   {latent}</translation>
  </message>
  <message>
   <source>picture.clipboard</source>
   <translation>剪贴板中没有图片。请先复制一张，再粘贴到此处。</translation>
  </message>
  <message>
   <source>picture.missing</source>
   <translation>没有图片 {path}。</translation>
  </message>
  <message>
   <source>picture.shape</source>
   <translation>形状为 [{shape}] 的数组不是图片；请使用 [高, 宽, 3]。</translation>
  </message>
  <message>
   <source>picture.too-large</source>
   <translation>{path} 的像素数超过本程序的上限。请先将其缩小。</translation>
  </message>
  <message>
   <source>picture.type</source>
   <translation>{type} 类型的数组不是图片；请使用 uint8、uint16，或 0 到 1 的浮点数。</translation>
  </message>
  <message>
   <source>picture.unreadable</source>
   <translation>无法读取图片 {path}。它不是图片，或已损坏。</translation>
  </message>
  <message>
   <source>piece</source>
   <translation>词片</translation>
  </message>
  <message>
   <source>piece of a word</source>
   <translation>词的一部分</translation>
  </message>
  <message>
   <source>plain</source>
   <translation>普通</translation>
  </message>
  <message>
   <source>position</source>
   <translation>位置</translation>
  </message>
  <message>
   <source>posterior before scaling: mean {mean} ± {spread}, deviation {std}; decoded is {kind}</source>
   <translation>缩放之前的后验：均值 {mean} ± {spread}，标准差 {std}；解码的是{kind}</translation>
  </message>
  <message>
   <source>prediction with the caption</source>
   <translation>带描述文字的预测</translation>
  </message>
  <message>
   <source>prediction without</source>
   <translation>不带描述文字的预测</translation>
  </message>
  <message>
   <source>probability</source>
   <translation>概率</translation>
  </message>
  <message>
   <source>probability, sum over heads</source>
   <translation>概率，对注意力头求和</translation>
  </message>
  <message>
   <source>probability, sum over {count} calls</source>
   <translation>概率，对 {count} 次调用求和</translation>
  </message>
  <message>
   <source>published linear map</source>
   <translation>已发表的线性映射</translation>
  </message>
  <message>
   <source>range: all</source>
   <translation>范围：全部通道</translation>
  </message>
  <message>
   <source>range: each</source>
   <translation>范围：各通道</translation>
  </message>
  <message>
   <source>range: run</source>
   <translation>范围：整次运行</translation>
  </message>
  <message>
   <source>reading the model's anatomy</source>
   <translation>读取模型结构</translation>
  </message>
  <message>
   <source>reading {done} of {total}</source>
   <translation>正在读取第 {done} 个，共 {total} 个</translation>
  </message>
  <message>
   <source>reading {path} …</source>
   <translation>正在读取 {path}…</translation>
  </message>
  <message>
   <source>reading …</source>
   <translation>正在读取…</translation>
  </message>
  <message>
   <source>reconstruction</source>
   <translation>重建图</translation>
  </message>
  <message>
   <source>recorded</source>
   <translation>已记录</translation>
  </message>
  <message>
   <source>recorded {scale}</source>
   <translation>记录 {scale}</translation>
  </message>
  <message>
   <source>recorded, s = {scale}</source>
   <translation>记录，s = {scale}</translation>
  </message>
  <message>
   <source>recording.archive-damaged</source>
   <translation>{path} 无法解压：{reason}。它不是记录、已损坏，或没有完整复制。</translation>
  </message>
  <message>
   <source>recording.archive-too-large</source>
   <translation>没有打开 {path}：它比记录可能的大小还大。</translation>
  </message>
  <message>
   <source>recording.array-missing</source>
   <translation>{path} 中没有 {name}。此次运行没有捕获它。</translation>
  </message>
  <message>
   <source>recording.being-written</source>
   <translation>{path} 正由 {host} 上的进程 {process} 写入。请等它完成，或换一个名称。</translation>
  </message>
  <message>
   <source>recording.cannot-read</source>
   <translation>无法读取 {path}：{reason}。</translation>
  </message>
  <message>
   <source>recording.cannot-write</source>
   <translation>无法写入 {path}：{reason}。之前记录的内容会保留。请选择您有权写入的文件夹。</translation>
  </message>
  <message>
   <source>recording.disk-full</source>
   <translation>磁盘空间不足：{path} 放不下。之前记录的内容会保留。请腾出空间，或改用其他文件夹。</translation>
  </message>
  <message>
   <source>recording.exists</source>
   <translation>已经有记录 {path}。请换一个名称。</translation>
  </message>
  <message>
   <source>recording.file-damaged</source>
   <translation>无法读取 {path}：{reason}。它已损坏或没有完整复制；记录的其他文件不受影响。</translation>
  </message>
  <message>
   <source>recording.file-exists</source>
   <translation>{path} 已经存在，而已记录的文件从不改动。</translation>
  </message>
  <message>
   <source>recording.file-missing</source>
   <translation>缺少 {path}。记录已被移动、删除，或只复制了一部分。</translation>
  </message>
  <message>
   <source>recording.index</source>
   <translation>{path} 中的 {name} 没有所要的部分。请检查下标。</translation>
  </message>
  <message>
   <source>recording.lock-lost</source>
   <translation>{path} 在写入时被移动、删除或被其他程序占用。请换一个名称重新运行。</translation>
  </message>
  <message>
   <source>recording.manifest-damaged</source>
   <translation>无法读取 {path}：{reason}。它已损坏或没有完整复制。</translation>
  </message>
  <message>
   <source>recording.manifest-invalid</source>
   <translation>{path} 无效：{reason}。它被手动或被其他程序改动过。</translation>
  </message>
  <message>
   <source>recording.missing</source>
   <translation>没有记录 {path}。它已被移动或删除，或名称有误。</translation>
  </message>
  <message>
   <source>recording.no-call</source>
   <translation>{path} 有 {calls} 次调度器调用；没有第 {call} 次（从 0 数起）。</translation>
  </message>
  <message>
   <source>recording.not-a-recording</source>
   <translation>{path} 不是记录：其中没有 manifest.json。</translation>
  </message>
  <message>
   <source>recording.path-leaves</source>
   <translation>{path} 指向记录自身的文件夹之外。它已损坏，或是恶意制作的。没有读取它。</translation>
  </message>
  <message>
   <source>recording.replaced</source>
   <translation>{path} 现在是另一个记录。请重新打开。</translation>
  </message>
  <message>
   <source>recording.step-invalid</source>
   <translation>{path} 无效：{reason}。</translation>
  </message>
  <message>
   <source>recording.version-unknown</source>
   <translation>{path} 是版本 {version} 的记录，而本程序读取版本 {known}。请用更新的 sdinspector 打开。</translation>
  </message>
  <message>
   <source>recording.wrong-format</source>
   <translation>{path} 不是本程序的记录。请打开文件夹 NAME.sdrec。</translation>
  </message>
  <message>
   <source>replay.cell</source>
   <translation>层的网格中的格子写作“行,列”，例如 3,5，而不是“{text}”。</translation>
  </message>
  <message>
   <source>replay.never-called</source>
   <translation>{layer} 自身从不被调用，因此没有输出。请选择其中的一个模块。</translation>
  </message>
  <message>
   <source>replay.no-branch</source>
   <translation>这一步只运行了条件分支，因此没有可显示的无条件注意力。请用大于 1 的引导尺度运行，或记录两个分支。</translation>
  </message>
  <message>
   <source>replay.no-cell</source>
   <translation>{layer} 的网格有 {rows} 行 {columns} 列；没有第 {row} 行第 {column} 列的格子（从 0 数起）。</translation>
  </message>
  <message>
   <source>replay.no-conditioning</source>
   <translation>此记录不含文本嵌入，因此无法重放其调用。</translation>
  </message>
  <message>
   <source>replay.no-layer</source>
   <translation>模型中没有可重放的 {layer}。</translation>
  </message>
  <message>
   <source>replay.no-picture</source>
   <translation>{name} 中没有可编码的图片：运行没有到底。</translation>
  </message>
  <message>
   <source>replay.no-text</source>
   <translation>请写出要查找的一个或几个词。</translation>
  </message>
  <message>
   <source>replay.wrong-model</source>
   <translation>此记录是用 {recorded} 生成的，而打开的是另一个模型 {model}。请打开生成它的模型。</translation>
  </message>
  <message>
   <source>replayed, differs by {size}</source>
   <translation>重放，相差 {size}</translation>
  </message>
  <message>
   <source>replayed, exact</source>
   <translation>重放，完全一致</translation>
  </message>
  <message>
   <source>resnet</source>
   <translation>resnet</translation>
  </message>
  <message>
   <source>returned</source>
   <translation>返回图</translation>
  </message>
  <message>
   <source>right picture</source>
   <translation>右图</translation>
  </message>
  <message>
   <source>run</source>
   <translation>运行</translation>
  </message>
  <message>
   <source>run.no-room</source>
   <translation>此次运行将占用 {total}，而 {path} 所在磁盘只剩 {free}。请删除记录（Ctrl+Shift+O），或减少记录内容。</translation>
  </message>
  <message>
   <source>run.over-budget</source>
   <translation>此次运行将占用磁盘 {total}，而一个记录的限额是 {budget}。请减少记录内容，或提高限额：二者都在齿轮按钮之下。</translation>
  </message>
  <message>
   <source>running</source>
   <translation>正在运行</translation>
  </message>
  <message>
   <source>running the plain pipeline …</source>
   <translation>正在运行原版管线…</translation>
  </message>
  <message>
   <source>s = 0: ε_∅ alone; the prompt is ignored</source>
   <translation>s = 0：仅 ε_∅；忽略提示词</translation>
  </message>
  <message>
   <source>s = 1: ε_y as it is; the prompt is used plainly</source>
   <translation>s = 1：ε_y 原样；直接使用提示词</translation>
  </message>
  <message>
   <source>s = {scale}</source>
   <translation>s = {scale}</translation>
  </message>
  <message>
   <source>s = {scale}: as recorded</source>
   <translation>s = {scale}：与记录相同</translation>
  </message>
  <message>
   <source>s = {scale}: {number} of {count}</source>
   <translation>s = {scale}：第 {number} 个，共 {count} 个</translation>
  </message>
  <message>
   <source>sample</source>
   <translation>抽样</translation>
  </message>
  <message>
   <source>scheduler.cannot-make</source>
   <translation>无法用这些设置创建调度器 {name}：{why}</translation>
  </message>
  <message>
   <source>scheduler.cannot-schedule</source>
   <translation>调度器 {name} 无法生成 {steps} 步：{why}</translation>
  </message>
  <message>
   <source>scheduler.cannot-step</source>
   <translation>调度器 {name} 无法完成此次运行：{why}</translation>
  </message>
  <message>
   <source>scheduler.prediction-type</source>
   <translation>本程序不认识预测类型 {prediction_type}；认识的是 epsilon、v_prediction 和 sample。</translation>
  </message>
  <message>
   <source>scheduler.unknown</source>
   <translation>没有名为 {name} 的调度器。可试试：{near}。</translation>
  </message>
  <message>
   <source>sdinspector {version}

A desktop microscope for Stable Diffusion: run a prompt and look at every part of what happened.

Apache License 2.0</source>
   <translation>sdinspector {version}

Stable Diffusion 的桌面显微镜：运行提示词，查看过程中的每一部分。

Apache License 2.0</translation>
  </message>
  <message>
   <source>seed </source>
   <translation>种子 </translation>
  </message>
  <message>
   <source>seeds × </source>
   <translation>种子 × </translation>
  </message>
  <message>
   <source>self-attention</source>
   <translation>自注意力</translation>
  </message>
  <message>
   <source>share of zeros</source>
   <translation>零的比例</translation>
  </message>
  <message>
   <source>skip connection</source>
   <translation>跳跃连接</translation>
  </message>
  <message>
   <source>smoothed</source>
   <translation>平滑后</translation>
  </message>
  <message>
   <source>spec.branches</source>
   <translation>分支设置无效：{value}。请使用 auto、both 或 cond。</translation>
  </message>
  <message>
   <source>spec.edit-inactive</source>
   <translation>干预 {kind} 可以描述，但尚不起作用；请将其移除。</translation>
  </message>
  <message>
   <source>spec.edit-unknown</source>
   <translation>没有名为 {kind} 的干预；本版本不认识它。</translation>
  </message>
  <message>
   <source>spec.no-guidance</source>
   <translation>此模型已蒸馏了引导，没有无条件分支。请将分支设为“同 diffusers”。</translation>
  </message>
  <message>
   <source>spec.not-finite</source>
   <translation>此参数须为有限的数，而不是 {value}。</translation>
  </message>
  <message>
   <source>spec.range</source>
   <translation>数值必须是 {lowest} 到 {highest} 之间的整数，而不是 {value}。</translation>
  </message>
  <message>
   <source>spec.rescale</source>
   <translation>引导重缩放须在 0 和 1 之间，而不是 {value}。</translation>
  </message>
  <message>
   <source>spec.size-multiple</source>
   <translation>尺寸必须是 {multiple} 像素的倍数，而 {value} 不是。请用 {low} 或 {high}。</translation>
  </message>
  <message>
   <source>spec.size-range</source>
   <translation>尺寸须在 {multiple} 到 {highest} 像素之间，而不是 {value}。</translation>
  </message>
  <message>
   <source>spec.start</source>
   <translation>此次运行起始于反演图片的潜变量，而运行的描述中并不含有它。请在第 0 步处分叉该记录。</translation>
  </message>
  <message>
   <source>spec.start-and-init</source>
   <translation>运行可以起始于反演的潜变量，也可以起始于图片，但不能同时用二者。</translation>
  </message>
  <message>
   <source>spec.strength</source>
   <translation>强度须大于 0 且不超过 1，而不是 {value}。</translation>
  </message>
  <message>
   <source>spec.strength-steps</source>
   <translation>强度为 {strength} 时，{steps} 步中一步也不剩。请提高其中之一。</translation>
  </message>
  <message>
   <source>spread (standard deviation)</source>
   <translation>离散程度（标准差）</translation>
  </message>
  <message>
   <source>spread over {count} recordings</source>
   <translation>{count} 个记录的离散程度</translation>
  </message>
  <message>
   <source>squared error</source>
   <translation>平方误差</translation>
  </message>
  <message>
   <source>squared error with the caption</source>
   <translation>带描述文字的平方误差</translation>
  </message>
  <message>
   <source>squared error without</source>
   <translation>不带描述文字的平方误差</translation>
  </message>
  <message>
   <source>standard deviation</source>
   <translation>标准差</translation>
  </message>
  <message>
   <source>std</source>
   <translation>标准差</translation>
  </message>
  <message>
   <source>step</source>
   <translation>步</translation>
  </message>
  <message>
   <source>step {done} of {total}   loss {loss}   {pace} s a step   {left} left</source>
   <translation>第 {done} 步，共 {total} 步   损失 {loss}   每步 {pace} 秒   剩余 {left}</translation>
  </message>
  <message>
   <source>step {number}</source>
   <translation>第 {number} 步</translation>
  </message>
  <message>
   <source>step {step}</source>
   <translation>第 {step} 步</translation>
  </message>
  <message>
   <source>step {step} of {steps}</source>
   <translation>第 {step} 步，共 {steps} 步</translation>
  </message>
  <message>
   <source>step {step} of {steps}, t = {timestep}</source>
   <translation>第 {step} 步，共 {steps} 步，t = {timestep}</translation>
  </message>
  <message>
   <source>step {step} of {steps}, t = {timestep}, recorded at s = {scale}</source>
   <translation>第 {step} 步，共 {steps} 步，t = {timestep}，记录于 s = {scale}</translation>
  </message>
  <message>
   <source>step {step}, call {call} of {count}</source>
   <translation>第 {step} 步，第 {call} 次调用，共 {count} 次</translation>
  </message>
  <message>
   <source>step {step}, t = {timestep}</source>
   <translation>第 {step} 步，t = {timestep}</translation>
  </message>
  <message>
   <source>steps 1 to {last} are kept</source>
   <translation>保留第 1 到 {last} 步</translation>
  </message>
  <message>
   <source>steps {first} to {last}</source>
   <translation>第 {first} 至 {last} 步</translation>
  </message>
  <message>
   <source>stopped</source>
   <translation>已停止</translation>
  </message>
  <message>
   <source>stretched</source>
   <translation>已拉伸</translation>
  </message>
  <message>
   <source>sweep.no-scales</source>
   <translation>扫描至少需要一个引导尺度。请给出几个，例如 1、4 和 7.5。</translation>
  </message>
  <message>
   <source>t = {t}, seed {seed}</source>
   <translation>t = {t}，种子 {seed}</translation>
  </message>
  <message>
   <source>t {timestep}</source>
   <translation>t {timestep}</translation>
  </message>
  <message>
   <source>target</source>
   <translation>目标</translation>
  </message>
  <message>
   <source>target {sign}</source>
   <translation>目标 {sign}</translation>
  </message>
  <message>
   <source>text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>text embeddings</source>
   <translation>文本嵌入</translation>
  </message>
  <message>
   <source>text.clip-skip</source>
   <translation>此文本编码器有 {layers} 层：跳过的层数从 0 数起且须小于 {layers}，而不是 {clip_skip}。</translation>
  </message>
  <message>
   <source>the VAE alone</source>
   <translation>仅 VAE</translation>
  </message>
  <message>
   <source>the empty caption</source>
   <translation>空的描述文字</translation>
  </message>
  <message>
   <source>the latent of an inversion</source>
   <translation>反演的潜变量</translation>
  </message>
  <message>
   <source>the model's own</source>
   <translation>模型自带</translation>
  </message>
  <message>
   <source>the model's size</source>
   <translation>模型的尺寸</translation>
  </message>
  <message>
   <source>the stored probabilities themselves</source>
   <translation>存储的概率本身</translation>
  </message>
  <message>
   <source>this recording</source>
   <translation>此记录</translation>
  </message>
  <message>
   <source>this run's result</source>
   <translation>此次运行的结果</translation>
  </message>
  <message>
   <source>threads</source>
   <translation>线程</translation>
  </message>
  <message>
   <source>timestep t</source>
   <translation>时间步 t</translation>
  </message>
  <message>
   <source>to every resnet</source>
   <translation>到每个 resnet</translation>
  </message>
  <message>
   <source>to step</source>
   <translation>到第几步</translation>
  </message>
  <message>
   <source>token</source>
   <translation>词元</translation>
  </message>
  <message>
   <source>token + position embedding</source>
   <translation>词元与位置嵌入之和</translation>
  </message>
  <message>
   <source>training</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>training.diverged</source>
   <translation>训练在第 {step} 步发散：损失或梯度为 {value}。请尝试更小的学习率。</translation>
  </message>
  <message>
   <source>training.empty</source>
   <translation>没有可供训练的内容：没有图片（PNG、JPEG、WebP 等）。请选择含有图片的文件夹。</translation>
  </message>
  <message>
   <source>training.missing</source>
   <translation>{table} 的第 {row} 行指定了 {path}，但没有这个文件。</translation>
  </message>
  <message>
   <source>training.no-captions</source>
   <translation>{path} 中有 {count} 张图片没有描述文字，例如 {first}。请在每张图片旁放置 NAME.txt，在文件夹中放置 metadata.jsonl，用所示内容给文件命名，或为所有图片给出同一条描述文字。</translation>
  </message>
  <message>
   <source>training.no-folder</source>
   <translation>没有文件夹 {path}。请给出含图片与描述文字的文件夹，或 shapes:200。</translation>
  </message>
  <message>
   <source>training.no-pictures</source>
   <translation>{path} 中有 {texts} 个 .txt 文件，却没有图片。请将图片放在它们旁边。</translation>
  </message>
  <message>
   <source>training.other</source>
   <translation>{path} 中保存着另一次训练的状态，其设置、图片或模型不同。请从头开始，或选择其他位置。</translation>
  </message>
  <message>
   <source>training.out</source>
   <translation>{path} 已经存在。请选择其他位置，或允许替换它。</translation>
  </message>
  <message>
   <source>training.preset</source>
   <translation>没有名为 {preset} 的预设。现有预设：{presets}。</translation>
  </message>
  <message>
   <source>training.room</source>
   <translation>此次训练会在 {path} 旁占用最多 {need}，而磁盘只剩 {free}。请腾出空间，或选择其他位置。</translation>
  </message>
  <message>
   <source>training.row</source>
   <translation>{path} 的第 {row} 行没有给出文件或描述文字。所需的列是 file_name 和 caption。</translation>
  </message>
  <message>
   <source>training.setting</source>
   <translation>训练设置 {name} 不能是 {value}；允许的值：{span}。</translation>
  </message>
  <message>
   <source>training.stage</source>
   <translation>没有名为 {stage} 的训练阶段。现有阶段：{stages}。</translation>
  </message>
  <message>
   <source>training.stage-missing</source>
   <translation>此阶段需要 {part}，而 {path} 中没有；请先运行生成它的阶段。</translation>
  </message>
  <message>
   <source>training.state</source>
   <translation>无法从 {path} 的状态继续此训练（{why}）。请从头开始，或选择其他位置。</translation>
  </message>
  <message>
   <source>training.table</source>
   <translation>{path} 无法作为表格读取：{why}</translation>
  </message>
  <message>
   <source>training.tables</source>
   <translation>{path} 中有多个表格（{tables}）。请给出其中一个，而不是文件夹。</translation>
  </message>
  <message>
   <source>training.unfinished</source>
   <translation>{path} 的一次训练没有完成。请在上方继续或丢弃它，或选择其他文件夹。</translation>
  </message>
  <message>
   <source>training.write</source>
   <translation>无法写入 {path}（{why}）。请腾出空间，或选择您有权写入的位置。</translation>
  </message>
  <message>
   <source>unchanged</source>
   <translation>未更改</translation>
  </message>
  <message>
   <source>uncond</source>
   <translation>无条件</translation>
  </message>
  <message>
   <source>unconditional</source>
   <translation>无条件</translation>
  </message>
  <message>
   <source>unreadable</source>
   <translation>无法读取</translation>
  </message>
  <message>
   <source>up</source>
   <translation>去程</translation>
  </message>
  <message>
   <source>up: step {step} of {steps}</source>
   <translation>去程：第 {step} 步，共 {steps} 步</translation>
  </message>
  <message>
   <source>values</source>
   <translation>数值</translation>
  </message>
  <message>
   <source>values are not finite</source>
   <translation>含非有限值</translation>
  </message>
  <message>
   <source>was recorded without attention</source>
   <translation>记录时没有捕获注意力</translation>
  </message>
  <message>
   <source>weight</source>
   <translation>权重</translation>
  </message>
  <message>
   <source>what the picture shows</source>
   <translation>图片所示内容</translation>
  </message>
  <message>
   <source>whole UNet</source>
   <translation>整个 UNet</translation>
  </message>
  <message>
   <source>with</source>
   <translation>带描述</translation>
  </message>
  <message>
   <source>with caption</source>
   <translation>带描述</translation>
  </message>
  <message>
   <source>without</source>
   <translation>无描述</translation>
  </message>
  <message>
   <source>worked out now</source>
   <translation>刚刚计算</translation>
  </message>
  <message>
   <source>x {x}  y {y}   target {target}   predicted {prediction}   squared error {error}</source>
   <translation>x {x}  y {y}   目标 {target}   预测 {prediction}   平方误差 {error}</translation>
  </message>
  <message>
   <source>x {x}, y {y}</source>
   <translation>x {x}, y {y}</translation>
  </message>
  <message>
   <source>x_t decoded</source>
   <translation>x_t 解码</translation>
  </message>
  <message>
   <source>x_t decoded, t = {t}</source>
   <translation>x_t 解码，t = {t}</translation>
  </message>
  <message>
   <source>x_t has no linear colours</source>
   <translation>x_t 没有线性颜色</translation>
  </message>
  <message>
   <source>x_t in linear colours</source>
   <translation>x_t，线性颜色</translation>
  </message>
  <message>
   <source>x_t in linear colours, t = {t}</source>
   <translation>x_t，线性颜色，t = {t}</translation>
  </message>
  <message>
   <source>x_t in linear colours, {share} % cut off</source>
   <translation>x_t，线性颜色，{share} % 被截断</translation>
  </message>
  <message>
   <source>x_t, channels, t = {t}</source>
   <translation>x_t，各通道，t = {t}</translation>
  </message>
  <message>
   <source>x̂₀ at s = {scale}, {where}</source>
   <translation>x̂₀，s = {scale}，{where}</translation>
  </message>
  <message>
   <source>x̂₀ decoded</source>
   <translation>x̂₀ 解码</translation>
  </message>
  <message>
   <source>x̂₀ of the chosen step, from what is recorded</source>
   <translation>所选步的 x̂₀，由记录得出</translation>
  </message>
  <message>
   <source>x̂₀ preview</source>
   <translation>x̂₀ 预览</translation>
  </message>
  <message>
   <source>x̂₀ recorded and chosen</source>
   <translation>x̂₀：记录的与所选的</translation>
  </message>
  <message>
   <source>x̂₀, channels, {where}</source>
   <translation>x̂₀，各通道，{where}</translation>
  </message>
  <message>
   <source>x₀ of {name}</source>
   <translation>{name} 的 x₀</translation>
  </message>
  <message>
   <source>x₀, channels</source>
   <translation>x₀，各通道</translation>
  </message>
  <message>
   <source>x₀, the picture</source>
   <translation>x₀，图片</translation>
  </message>
  <message>
   <source>zeros</source>
   <translation>零</translation>
  </message>
  <message>
   <source>{channels} ch · {h} × {w}</source>
   <translation>{channels} 通道 · {h} × {w}</translation>
  </message>
  <message>
   <source>{channel}: gain</source>
   <translation>{channel}：增益</translation>
  </message>
  <message>
   <source>{channel}: offset</source>
   <translation>{channel}：偏移</translation>
  </message>
  <message>
   <source>{channel}: statistics</source>
   <translation>{channel}：统计</translation>
  </message>
  <message>
   <source>{channel}: which</source>
   <translation>{channel}：哪个通道</translation>
  </message>
  <message>
   <source>{count} channels, one value each</source>
   <translation>{count} 个通道，各一个值</translation>
  </message>
  <message>
   <source>{count} channels, {width} × {height}</source>
   <translation>{count} 个通道，{width} × {height}</translation>
  </message>
  <message>
   <source>{count} denoiser calls; the picture is cropped around its middle and resized to the model's size.</source>
   <translation>{count} 次去噪器调用；图片将居中裁剪并缩放到模型的尺寸。</translation>
  </message>
  <message>
   <source>{count} found</source>
   <translation>找到 {count} 个</translation>
  </message>
  <message>
   <source>{count} kernels {size}</source>
   <translation>{count} 个 {size} 卷积核</translation>
  </message>
  <message>
   <source>{count} layers</source>
   <translation>{count} 层</translation>
  </message>
  <message>
   <source>{count} not finite</source>
   <translation>{count} 个非有限值</translation>
  </message>
  <message>
   <source>{count} of them cannot take {steps} steps: see the list</source>
   <translation>其中 {count} 个不能走 {steps} 步：见列表</translation>
  </message>
  <message>
   <source>{count} of {all} layers</source>
   <translation>{count} 层，共 {all} 层</translation>
  </message>
  <message>
   <source>{count} of {wanted} recordings</source>
   <translation>{count} 个记录，共 {wanted} 个</translation>
  </message>
  <message>
   <source>{count} parameters</source>
   <translation>{count} 个参数</translation>
  </message>
  <message>
   <source>{count} parameters ({own} its own), {size}</source>
   <translation>{count} 个参数（自身 {own}），{size}</translation>
  </message>
  <message>
   <source>{count} parameters, {size}</source>
   <translation>{count} 个参数，{size}</translation>
  </message>
  <message>
   <source>{count} pictures, {where}.</source>
   <translation>{count} 张图片，{where}。</translation>
  </message>
  <message>
   <source>{count} scales are too many: at most {most}</source>
   <translation>{count} 个尺度太多：最多 {most} 个</translation>
  </message>
  <message>
   <source>{count} steps</source>
   <translation>{count} 步</translation>
  </message>
  <message>
   <source>{count} tokens: {pieces}</source>
   <translation>{count} 个词元：{pieces}</translation>
  </message>
  <message>
   <source>{count} values not finite</source>
   <translation>{count} 个非有限值</translation>
  </message>
  <message>
   <source>{count} × padding</source>
   <translation>{count} × 填充</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} / {total}</translation>
  </message>
  <message>
   <source>{head} · {nats} nat</source>
   <translation>{head} · {nats} nat</translation>
  </message>
  <message>
   <source>{height} × {width}</source>
   <translation>{height} × {width}</translation>
  </message>
  <message>
   <source>{hours} h</source>
   <translation>{hours} 小时</translation>
  </message>
  <message>
   <source>{left} up to {share} % of the width, then {right}</source>
   <translation>宽度的 {share} % 以内为{left}，其后为{right}</translation>
  </message>
  <message>
   <source>{level} of {steps} steps up</source>
   <translation>去程第 {level} 步，共 {steps} 步</translation>
  </message>
  <message>
   <source>{minutes} min</source>
   <translation>{minutes} 分钟</translation>
  </message>
  <message>
   <source>{name} (used)</source>
   <translation>{name}（所用）</translation>
  </message>
  <message>
   <source>{name} cannot be read as a picture.</source>
   <translation>{name} 无法作为图片读取。</translation>
  </message>
  <message>
   <source>{name} has no UNet with down and up blocks, so there is no U to draw; its modules are in the tree at the left.</source>
   <translation>{name} 没有带下行和上行块的 UNet，因此没有 U 可画；其模块见左侧的树。</translation>
  </message>
  <message>
   <source>{name} has no parameters: nothing in it is learned.</source>
   <translation>{name} 没有参数：其中没有需要学习的内容。</translation>
  </message>
  <message>
   <source>{name} is a whole component. Choose a module within it.</source>
   <translation>{name} 是整个组件。请选择其中的一个模块。</translation>
  </message>
  <message>
   <source>{name} is no convolution and no linear layer, so it has no kernels to draw. Choose one within it.</source>
   <translation>{name} 既不是卷积层也不是线性层，没有可画的卷积核。请选择其中的一个。</translation>
  </message>
  <message>
   <source>{name} is no recording, model or picture. Drop a folder NAME.sdrec, a zip of one, a folder with a model_index.json, or a picture to observe.</source>
   <translation>{name} 不是记录、模型或图片。请拖入文件夹 NAME.sdrec、其 zip、含 model_index.json 的文件夹，或要观察的图片。</translation>
  </message>
  <message>
   <source>{name} is ready: say in the caption what it shows, and press Invert.</source>
   <translation>{name} 已就绪：请在描述文字中说明所示内容，再按“反演”。</translation>
  </message>
  <message>
   <source>{name} was made with another model than the one that is open, and its latent means nothing to this VAE. Open that model, or drop a picture here.</source>
   <translation>{name} 由另一个模型生成，不是当前打开的模型，其潜变量对此 VAE 没有意义。请打开那个模型，或将图片拖到此处。</translation>
  </message>
  <message>
   <source>{name}: its final {latent}</source>
   <translation>{name}：最终{latent}</translation>
  </message>
  <message>
   <source>{name}: step {done} of {total}</source>
   <translation>{name}：第 {done} 步，共 {total} 步</translation>
  </message>
  <message>
   <source>{name}: x₀ 1 × {channels} × {height} × {width}   ·   the denoiser predicts {target}   ·   at t = {t}: √ᾱ = {signal}, √(1−ᾱ) = {noise}, SNR {snr}</source>
   <translation>{name}：x₀ 1 × {channels} × {height} × {width}   ·   去噪器预测 {target}   ·   t = {t} 处：√ᾱ = {signal}，√(1−ᾱ) = {noise}，SNR {snr}</translation>
  </message>
  <message>
   <source>{nan} values are not a number and {infinite} are infinite: hatched in the maps, left out of these numbers.</source>
   <translation>{nan} 个值不是数，{infinite} 个值为无穷：在图中以斜线标出，不计入这些统计。</translation>
  </message>
  <message>
   <source>{noisy} of {calls} calls at SNR &lt; 1</source>
   <translation>{calls} 次调用中 {noisy} 次 SNR &lt; 1</translation>
  </message>
  <message>
   <source>{out} outputs (down) × {into} inputs (across)</source>
   <translation>{out} 个输出（纵）× {into} 个输入（横）</translation>
  </message>
  <message>
   <source>{path} cannot be shown.</source>
   <translation>无法显示 {path}。</translation>
  </message>
  <message>
   <source>{path} is a container: it is never called itself, so it gives nothing to see. Choose a module within it.</source>
   <translation>{path} 是容器：自身从不被调用，因此没有可看的内容。请选择其中的一个模块。</translation>
  </message>
  <message>
   <source>{path}: histogram of the parameters</source>
   <translation>{path}：参数直方图</translation>
  </message>
  <message>
   <source>{path}: mean |x| at each call</source>
   <translation>{path}：每次调用的平均 |x|</translation>
  </message>
  <message>
   <source>{path}: weight</source>
   <translation>{path}：权重</translation>
  </message>
  <message>
   <source>{place}   {t}   way down against way up: {apart}</source>
   <translation>{place}   {t}   回程与去程之差：{apart}</translation>
  </message>
  <message>
   <source>{psnr} dB</source>
   <translation>{psnr} dB</translation>
  </message>
  <message>
   <source>{quantity} at each call</source>
   <translation>每次调用的 {quantity}</translation>
  </message>
  <message>
   <source>{rows} × {width}, tokens × width; length of the vectors {low} to {high}</source>
   <translation>{rows} × {width}，词元 × 宽度；向量长度 {low} 至 {high}</translation>
  </message>
  <message>
   <source>{seconds} s</source>
   <translation>{seconds} 秒</translation>
  </message>
  <message>
   <source>{seen} of {calls} calls seen</source>
   <translation>已看 {seen} 次调用，共 {calls} 次</translation>
  </message>
  <message>
   <source>{shares} of the variance</source>
   <translation>占方差的 {shares}</translation>
  </message>
  <message>
   <source>{share} %</source>
   <translation>{share} %</translation>
  </message>
  <message>
   <source>{share} % saturated</source>
   <translation>{share} % 饱和</translation>
  </message>
  <message>
   <source>{share} at {level}</source>
   <translation>{share}，位于 {level}</translation>
  </message>
  <message>
   <source>{share} cut off</source>
   <translation>{share} 被截断</translation>
  </message>
  <message>
   <source>{share} of the colours cut off</source>
   <translation>{share} 的颜色被截断</translation>
  </message>
  <message>
   <source>{speed} / s</source>
   <translation>{speed} / 秒</translation>
  </message>
  <message>
   <source>{steps} steps. Mean loss at fixed t and ε: {before} → {after} ({change})</source>
   <translation>{steps} 步，固定 t、ε 的损失 {before} → {after}（{change}）</translation>
  </message>
  <message>
   <source>{steps} up, {steps} down</source>
   <translation>去程 {steps}，回程 {steps}</translation>
  </message>
  <message>
   <source>{ticked} of {able} and the one that is shown</source>
   <translation>已选 {ticked} 个，共 {able} 个，另加所示记录</translation>
  </message>
  <message>
   <source>{title}, linear colours</source>
   <translation>{title}，线性颜色</translation>
  </message>
  <message>
   <source>{tokens} tokens × {count} channels</source>
   <translation>{tokens} 个词元 × {count} 个通道</translation>
  </message>
  <message>
   <source>{what}, channels, {where}</source>
   <translation>{what}，各通道，{where}</translation>
  </message>
  <message>
   <source>{what}, step {step}</source>
   <translation>{what}，第 {step} 步</translation>
  </message>
  <message>
   <source>{what}, step {step}, t = {timestep:g}</source>
   <translation>{what}，第 {step} 步，t = {timestep:g}</translation>
  </message>
  <message>
   <source>{what}: mean of the {count} modules below that were recorded</source>
   <translation>{what}：下级 {count} 个已记录模块的均值</translation>
  </message>
  <message>
   <source>{where}: PCA</source>
   <translation>{where}：PCA</translation>
  </message>
  <message>
   <source>{where}: all channels at x {x}, y {y}</source>
   <translation>{where}：x {x}、y {y} 处的所有通道</translation>
  </message>
  <message>
   <source>{where}: channel {number}</source>
   <translation>{where}：通道 {number}</translation>
  </message>
  <message>
   <source>{where}: tokens × channels</source>
   <translation>{where}：词元 × 通道</translation>
  </message>
  <message>
   <source>{word}: heads of {layer}</source>
   <translation>{word}：{layer} 的注意力头</translation>
  </message>
  <message>
   <source>{word}: layer by layer</source>
   <translation>{word}：逐层</translation>
  </message>
  <message>
   <source>{word}: layers × steps</source>
   <translation>{word}：层 × 步</translation>
  </message>
  <message>
   <source>|first − second|</source>
   <translation>|第一张 − 第二张|</translation>
  </message>
  <message>
   <source>|w|</source>
   <translation>|w|</translation>
  </message>
  <message>
   <source>|x|</source>
   <translation>|x|</translation>
  </message>
  <message>
   <source>|ε_y − ε_∅|, {where}</source>
   <translation>|ε_y − ε_∅|，{where}</translation>
  </message>
  <message>
   <source>Δ log SNR: how far each call is from the one before, over the steps</source>
   <translation>Δ log SNR：每次调用与前一次相距多远，随步的变化</translation>
  </message>
  <message>
   <source>Δ |x|</source>
   <translation>Δ |x|</translation>
  </message>
  <message>
   <source>α</source>
   <translation>α</translation>
  </message>
  <message>
   <source>γ of the min-SNR weights</source>
   <translation>min-SNR 权重的 γ</translation>
  </message>
  <message>
   <source>ε at s = {scale}, {where}</source>
   <translation>ε，s = {scale}，{where}</translation>
  </message>
  <message>
   <source>ε guided</source>
   <translation>引导后的 ε</translation>
  </message>
  <message>
   <source>ε, channels, seed {seed}</source>
   <translation>ε，各通道，种子 {seed}</translation>
  </message>
  <message>
   <source>ε_y − ε_∅, channels, {where}</source>
   <translation>ε_y − ε_∅，各通道，{where}</translation>
  </message>
  <message>
   <source>ε_∅ + s·(ε_y − ε_∅): what the scheduler was given</source>
   <translation>ε_∅ + s·(ε_y − ε_∅)：交给调度器的量</translation>
  </message>
  <message>
   <source>ε_∅ + s·(ε_y − ε_∅): what the scheduler would get</source>
   <translation>ε_∅ + s·(ε_y − ε_∅)：调度器将得到的</translation>
  </message>
  <message>
   <source>μ {mean}   σ {std}   D {distance}</source>
   <translation>μ {mean}   σ {std}   D {distance}</translation>
  </message>
  <message>
   <source>φ: how far the guided prediction is brought back to the standard deviation of ε_y, against overexposure at high scales (Lin et al. 2023). 0 leaves it.</source>
   <translation>φ：将引导后的预测拉回 ε_y 标准差的程度，以抑制高引导尺度下的过曝（Lin et al. 2023）。0 表示不变。</translation>
  </message>
  <message>
   <source>‖down − up‖ / ‖up‖</source>
   <translation>‖回程 − 去程‖ / ‖去程‖</translation>
  </message>
  <message>
   <source>‖down − up‖ / ‖up‖ at each noise level, the picture at the left, noise at the right. Click, or press Left and Right, to choose a level.</source>
   <translation>每个噪声级别的 ‖回程 − 去程‖ / ‖去程‖，左端为图片，右端为噪声。单击，或按左右键以选择级别。</translation>
  </message>
  <message>
   <source>‖g‖</source>
   <translation>‖g‖</translation>
  </message>
  <message>
   <source>“{part}” is no number: write scales as 1, 3, 7.5</source>
   <translation>“{part}”不是数字：请把尺度写成 1, 3, 7.5</translation>
  </message>
  <message>
   <source>“{text}” is not in the prompt, so the model has to be asked about it. Open the model {model} first.</source>
   <translation>“{text}”不在提示词中，需要向模型查询。请先打开模型 {model}。</translation>
  </message>
  <message>
   <source>“{text}” is not in the prompt: the model is asked about it …</source>
   <translation>“{text}”不在提示词中：正在向模型查询…</translation>
  </message>
  <message>
   <source>“{text}” is not in the prompt: the model is asked about it, step {done} of {total} …</source>
   <translation>“{text}”不在提示词中：正在向模型查询，第 {done} 步，共 {total} 步…</translation>
  </message>
  <message>
   <source>简体中文</source>
   <translation>简体中文</translation>
  </message>
 </context>
</TS>
