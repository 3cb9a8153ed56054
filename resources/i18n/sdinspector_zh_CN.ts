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
   <source>&amp;As the desktop</source>
   <translation>跟随桌面(&amp;A)</translation>
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
   <translation>负面(&amp;N)</translation>
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
   <source>&amp;Open</source>
   <translation>打开(&amp;O)</translation>
  </message>
  <message>
   <source>&amp;Open recording…</source>
   <translation>打开记录(&amp;O)…</translation>
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
   <source>A container: never called itself, so nothing can be captured from it.</source>
   <translation>容器：自身从不被调用，因此无法从中捕获任何内容。</translation>
  </message>
  <message>
   <source>About sdinspector</source>
   <translation>关于 sdinspector</translation>
  </message>
  <message>
   <source>All keys on one page.</source>
   <translation>一页列出所有按键。</translation>
  </message>
  <message>
   <source>Alt and an underlined letter goes to a field of the top bar; Tab goes from field to field; F6 from part to part of the window.</source>
   <translation>Alt 加带下划线的字母可跳到顶栏的输入框；Tab 在输入框之间移动；F6 在窗口各部分之间移动。</translation>
  </message>
  <message>
   <source>Architecture</source>
   <translation>结构</translation>
  </message>
  <message>
   <source>Back to the step, word, layer and pixel that were selected before.</source>
   <translation>回到之前选中的步、词、层和像素。</translation>
  </message>
  <message>
   <source>Branches</source>
   <translation>分支</translation>
  </message>
  <message>
   <source>Browse, open and delete what was recorded on this machine.</source>
   <translation>浏览、打开和删除本机上的记录。</translation>
  </message>
  <message>
   <source>CSV table</source>
   <translation>CSV 表格</translation>
  </message>
  <message>
   <source>Call</source>
   <translation>调用</translation>
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
   <source>Channel {number}</source>
   <translation>通道 {number}</translation>
  </message>
  <message>
   <source>Class</source>
   <translation>类</translation>
  </message>
  <message>
   <source>Click a block or a layer to select it everywhere; arrow keys go from part to part.</source>
   <translation>单击块或层即可在所有视图中选中它；方向键逐个移动。</translation>
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
   <source>Comparing with the plain pipeline</source>
   <translation>正在与原版管线比较</translation>
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
   <source>Counted from 1</source>
   <translation>从 1 数起</translation>
  </message>
  <message>
   <source>Cut off, the text encoder takes {limit} tokens:</source>
   <translation>已截断，文本编码器只接受 {limit} 个词元：</translation>
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
   <source>Delete recordings</source>
   <translation>删除记录</translation>
  </message>
  <message>
   <source>Delete the chosen recordings from the disk.</source>
   <translation>从磁盘上删除选中的记录。</translation>
  </message>
  <message>
   <source>Delete {count} recordings from the disk? This cannot be undone.</source>
   <translation>从磁盘上删除 {count} 个记录？此操作无法撤销。</translation>
  </message>
  <message>
   <source>Denoised prediction: what the model takes the end to be</source>
   <translation>去噪预测：模型认为的终点</translation>
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
   <source>Digest</source>
   <translation>摘要</translation>
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
   <source>Draw a new seed (Ctrl+D).</source>
   <translation>抽取新种子（Ctrl+D）。</translation>
  </message>
  <message>
   <source>Draw another seed for the first noise.</source>
   <translation>为初始噪声另抽一个种子。</translation>
  </message>
  <message>
   <source>Each channel's mean, standard deviation and range, and its value at the crosshair</source>
   <translation>每个通道的均值、标准差和范围，以及十字线处的值</translation>
  </message>
  <message>
   <source>Edits</source>
   <translation>干预</translation>
  </message>
  <message>
   <source>Encoding</source>
   <translation>正在编码</translation>
  </message>
  <message>
   <source>End.</source>
   <translation>结束程序。</translation>
  </message>
  <message>
   <source>Error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>Every call</source>
   <translation>每次调用</translation>
  </message>
  <message>
   <source>Every command by its name.</source>
   <translation>按名称列出所有命令。</translation>
  </message>
  <message>
   <source>Every module of the model; choosing one selects it everywhere.</source>
   <translation>模型的所有模块；选择一个即在所有视图中选中。</translation>
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
   <source>Figure</source>
   <translation>图</translation>
  </message>
  <message>
   <source>Film strip</source>
   <translation>胶片条</translation>
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
   <source>Forked from</source>
   <translation>分叉自</translation>
  </message>
  <message>
   <source>Forward again.</source>
   <translation>再次前进。</translation>
  </message>
  <message>
   <source>G&amp;uidance</source>
   <translation>引导(&amp;U)</translation>
  </message>
  <message>
   <source>Go round the top bar, the docks and the view in front.</source>
   <translation>在顶栏、停靠面板和当前视图之间轮换。</translation>
  </message>
  <message>
   <source>Guidance rescale</source>
   <translation>引导重缩放</translation>
  </message>
  <message>
   <source>Guidance scale</source>
   <translation>引导强度</translation>
  </message>
  <message>
   <source>Guidance scale s: ε = ε_∅ + s·(ε_y − ε_∅). 1 follows the prompt plainly, higher values more strongly; at 1 and below diffusers ignores it and runs the conditional branch alone. Double-click the slider for 7.5.</source>
   <translation>引导强度 s：ε = ε_∅ + s·(ε_y − ε_∅)。1 表示直接遵循提示词，值越大遵循越强；不大于 1 时 diffusers 忽略它，只运行条件分支。双击滑块恢复为 7.5。</translation>
  </message>
  <message>
   <source>Guidance scale, slider</source>
   <translation>引导强度，滑块</translation>
  </message>
  <message>
   <source>Height in pixels</source>
   <translation>高度（像素）</translation>
  </message>
  <message>
   <source>Histogram</source>
   <translation>直方图</translation>
  </message>
  <message>
   <source>How often each value occurs; point at it to read the counts.</source>
   <translation>每个值出现的次数；指向它可读取计数。</translation>
  </message>
  <message>
   <source>How the denoised prediction follows from latent and output</source>
   <translation>去噪预测如何由潜变量和输出得到</translation>
  </message>
  <message>
   <source>Identity with the plain pipeline: {text}</source>
   <translation>与原版管线是否一致：{text}</translation>
  </message>
  <message>
   <source>Image</source>
   <translation>图像</translation>
  </message>
  <message>
   <source>Is this picture identical to the plain pipeline's? Press to run plain diffusers with the same settings and compare the final latents bit for bit.</source>
   <translation>这张图片与原版管线的结果一致吗？按下即以相同设置运行原版 diffusers，并逐位比较最终潜变量。</translation>
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
   <source>Largest difference of the final latents. Press to check again.</source>
   <translation>最终潜变量的最大差异。按下可再次检查。</translation>
  </message>
  <message>
   <source>Latents</source>
   <translation>潜变量</translation>
  </message>
  <message>
   <source>Libraries</source>
   <translation>库</translation>
  </message>
  <message>
   <source>Look for new recordings.</source>
   <translation>查找新记录。</translation>
  </message>
  <message>
   <source>Looking for models</source>
   <translation>正在查找模型</translation>
  </message>
  <message>
   <source>Made</source>
   <translation>创建于</translation>
  </message>
  <message>
   <source>Makes the next latent from the noise prediction, once a call.</source>
   <translation>由噪声预测得到下一个潜变量，每次调用一次。</translation>
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
   <source>Module tree</source>
   <translation>模块树</translation>
  </message>
  <message>
   <source>Mosaic of maps</source>
   <translation>图块拼图</translation>
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
   <translation>负面提示词</translation>
  </message>
  <message>
   <source>New seed</source>
   <translation>新种子</translation>
  </message>
  <message>
   <source>No model is open</source>
   <translation>没有打开的模型</translation>
  </message>
  <message>
   <source>No step</source>
   <translation>没有步</translation>
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
   <source>Not allowed to use {path}. Choose another folder.</source>
   <translation>无权使用 {path}。请选择其他文件夹。</translation>
  </message>
  <message>
   <source>Nothing found. Try part of a path, a class, or a kind such as “attention”.</source>
   <translation>没有找到。请尝试路径的一部分、类名，或种类，例如“attention”。</translation>
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
   <source>Numbers learnt, here and below</source>
   <translation>此处及以下学到的参数个数</translation>
  </message>
  <message>
   <source>Observing a picture</source>
   <translation>正在观察图片</translation>
  </message>
  <message>
   <source>One picture pixel on one of the screen (1)</source>
   <translation>图片像素与屏幕像素一一对应（1）</translation>
  </message>
  <message>
   <source>One range of values for all channels and all steps, so that they compare</source>
   <translation>所有通道和所有步使用同一取值范围，便于比较</translation>
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
   <source>Open &amp;model folder…</source>
   <translation>打开模型文件夹(&amp;M)…</translation>
  </message>
  <message>
   <source>Open a model in the diffusers layout.</source>
   <translation>打开 diffusers 布局的模型。</translation>
  </message>
  <message>
   <source>Open a recording: a folder NAME.sdrec or a zip of one.</source>
   <translation>打开记录：文件夹 NAME.sdrec 或其 zip。</translation>
  </message>
  <message>
   <source>Open all below</source>
   <translation>展开全部下级</translation>
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
   <source>Open the model first: decoding needs its VAE</source>
   <translation>请先打开模型：解码需要它的 VAE</translation>
  </message>
  <message>
   <source>Opening the model</source>
   <translation>正在打开模型</translation>
  </message>
  <message>
   <source>Output {shape}</source>
   <translation>输出 {shape}</translation>
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
   <source>Parameters</source>
   <translation>参数</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Picture</source>
   <translation>图片</translation>
  </message>
  <message>
   <source>Pictures for people, NPZ and CSV for programs.</source>
   <translation>图片供人看，NPZ 和 CSV 供程序读。</translation>
  </message>
  <message>
   <source>Pixel for pixel</source>
   <translation>逐像素</translation>
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
   <source>Point at a part to read what it is; click to select it.</source>
   <translation>指向一个部分可查看说明；单击选中。</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>精度</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>进度</translation>
  </message>
  <message>
   <source>Prompt</source>
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
   <source>Reading the prompt</source>
   <translation>正在读取提示词</translation>
  </message>
  <message>
   <source>Ready</source>
   <translation>就绪</translation>
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
   <source>Replaying a step</source>
   <translation>正在重放一步</translation>
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
   <source>Run plain diffusers with the same settings and compare the latents bit for bit.</source>
   <translation>以相同设置运行原版 diffusers，逐位比较潜变量。</translation>
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
   <source>Running</source>
   <translation>正在运行</translation>
  </message>
  <message>
   <source>Running on from a step</source>
   <translation>正在从某步继续运行</translation>
  </message>
  <message>
   <source>S&amp;teps</source>
   <translation>步数(&amp;T)</translation>
  </message>
  <message>
   <source>SVG drawing</source>
   <translation>SVG 矢量图</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
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
   <source>Save what is shown as PNG or NPZ</source>
   <translation>将所示内容保存为 PNG 或 NPZ</translation>
  </message>
  <message>
   <source>Save what the view in front shows, as a picture or as numbers.</source>
   <translation>将当前视图所示内容保存为图片或数值。</translation>
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
   <source>Seed</source>
   <translation>种子</translation>
  </message>
  <message>
   <source>Seed of the generator that draws the first noise.</source>
   <translation>抽取初始噪声的随机数发生器的种子。</translation>
  </message>
  <message>
   <source>Selected module</source>
   <translation>所选模块</translation>
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
   <source>Show all of every panel (F)</source>
   <translation>完整显示每个面板（F）</translation>
  </message>
  <message>
   <source>Show every scheduler call: solvers such as Heun make two a step.</source>
   <translation>显示调度器的每次调用：Heun 等求解器每步两次。</translation>
  </message>
  <message>
   <source>Show the recording in the file manager.</source>
   <translation>在文件管理器中显示记录。</translation>
  </message>
  <message>
   <source>Show the traceback.</source>
   <translation>显示回溯信息。</translation>
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
   <source>Size of the picture in pixels; a multiple of 8.</source>
   <translation>图片尺寸（像素），须为 8 的倍数。</translation>
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
   <source>Starting</source>
   <translation>正在启动</translation>
  </message>
  <message>
   <source>Starts from</source>
   <translation>起始于</translation>
  </message>
  <message>
   <source>Statistics of the channels</source>
   <translation>通道统计</translation>
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
   <source>Step {step} of {steps}</source>
   <translation>第 {step} 步，共 {steps} 步</translation>
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
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Stop the run</source>
   <translation>停止运行</translation>
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
   <source>Stopped.</source>
   <translation>已停止。</translation>
  </message>
  <message>
   <source>Stopped; finished steps are kept</source>
   <translation>已停止；已完成的步已保留</translation>
  </message>
  <message>
   <source>Strength</source>
   <translation>强度</translation>
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
   <source>The UNet as a U</source>
   <translation>U 形的 UNet</translation>
  </message>
  <message>
   <source>The UNet as a U: blocks, layers, skip connections, and what feeds in</source>
   <translation>U 形的 UNet：块、层、跳跃连接以及输入</translation>
  </message>
  <message>
   <source>The built-in model is opened instead.</source>
   <translation>改为打开内置模型。</translation>
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
   <source>The final latent, decoded by the VAE</source>
   <translation>由 VAE 解码的最终潜变量</translation>
  </message>
  <message>
   <source>The first step is on its way …</source>
   <translation>第一步即将到来…</translation>
  </message>
  <message>
   <source>The language changes at the next start.</source>
   <translation>语言将在下次启动时更改。</translation>
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
   <source>The model's modules as a tree: search, open, select</source>
   <translation>模型的模块树：搜索、展开、选择</translation>
  </message>
  <message>
   <source>The modules appear as soon as a model is open.</source>
   <translation>打开模型后即显示模块。</translation>
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
   <source>The sampler: which timesteps are visited, and how a latent follows from the last.</source>
   <translation>采样器：经过哪些时间步，以及潜变量如何由上一个得到。</translation>
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
   <source>The view in front shows nothing that can be exported yet.</source>
   <translation>当前视图还没有可导出的内容。</translation>
  </message>
  <message>
   <source>The view {name} could not be loaded: {what}</source>
   <translation>视图 {name} 无法加载：{what}</translation>
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
   <source>This call evaluated the conditional branch alone (guidance scale {scale}), so there is no ε_∅. Run with a guidance scale above 1 to see it.</source>
   <translation>本次调用只计算了条件分支（引导强度 {scale}），因此没有 ε_∅。请用大于 1 的引导强度运行。</translation>
  </message>
  <message>
   <source>This recording has edits that this version does not know: it can be looked at, but not replayed.</source>
   <translation>此记录含有本版本不认识的干预：可以查看，但不能重放。</translation>
  </message>
  <message>
   <source>This recording holds no step yet.</source>
   <translation>此记录还没有任何一步。</translation>
  </message>
  <message>
   <source>This recording was made with settings that have no control here ({names}): Run makes the picture without them.</source>
   <translation>此记录使用了此处没有控件的设置（{names}）：“运行”将不使用它们。</translation>
  </message>
  <message>
   <source>This run has no decoded picture: it did not come to its end</source>
   <translation>此次运行没有解码图片：它没有运行到底</translation>
  </message>
  <message>
   <source>This step</source>
   <translation>本步</translation>
  </message>
  <message>
   <source>This view failed and is switched off until the next start: {what}</source>
   <translation>此视图出错，已关闭至下次启动：{what}</translation>
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
   <source>Title</source>
   <translation>标题</translation>
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
   <source>Tokens of the prompt</source>
   <translation>提示词的词元</translation>
  </message>
  <message>
   <source>Took</source>
   <translation>用时</translation>
  </message>
  <message>
   <source>Type of file</source>
   <translation>文件类型</translation>
  </message>
  <message>
   <source>Use the whole screen.</source>
   <translation>使用整个屏幕。</translation>
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
   <source>Values</source>
   <translation>数值</translation>
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
   <source>What do you want to do?</source>
   <translation>您想做什么？</translation>
  </message>
  <message>
   <source>What is going on</source>
   <translation>当前状态</translation>
  </message>
  <message>
   <source>What is shown</source>
   <translation>所示内容</translation>
  </message>
  <message>
   <source>What it does</source>
   <translation>作用</translation>
  </message>
  <message>
   <source>What of the view to export.</source>
   <translation>要导出视图中的什么。</translation>
  </message>
  <message>
   <source>What the text encoder reads. Click a word to follow it; Left and Right go on.</source>
   <translation>文本编码器读到的内容。单击一个词以跟踪它；左右键移动。</translation>
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
   <source>Wheel zooms, dragging pans, a click selects the pixel. Keys: F fits, 1 shows pixel for pixel, + and − zoom, arrows move the crosshair.</source>
   <translation>滚轮缩放，拖动平移，单击选中像素。按键：F 适合窗口，1 逐像素显示，+ 和 − 缩放，方向键移动十字线。</translation>
  </message>
  <message>
   <source>When</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>Where the model runs, and in what.</source>
   <translation>模型在哪里、以何种精度运行。</translation>
  </message>
  <message>
   <source>Width in pixels</source>
   <translation>宽度（像素）</translation>
  </message>
  <message>
   <source>Words that a module's path, class or kind must hold: “up attn2”, “resnet” (Ctrl+F)</source>
   <translation>模块的路径、类或种类须包含的词：“up attn2”、“resnet”（Ctrl+F）</translation>
  </message>
  <message>
   <source>Working</source>
   <translation>正在工作</translation>
  </message>
  <message>
   <source>Written: {path}</source>
   <translation>已写入：{path}</translation>
  </message>
  <message>
   <source>and {count} more</source>
   <translation>还有 {count} 条</translation>
  </message>
  <message>
   <source>attention</source>
   <translation>注意力</translation>
  </message>
  <message>
   <source>auto</source>
   <translation>自动</translation>
  </message>
  <message>
   <source>beginning of the text (BOS)</source>
   <translation>文本开始（BOS）</translation>
  </message>
  <message>
   <source>cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>ch {number}</source>
   <translation>通道 {number}</translation>
  </message>
  <message>
   <source>channel {number}</source>
   <translation>通道 {number}</translation>
  </message>
  <message>
   <source>check failed</source>
   <translation>检查失败</translation>
  </message>
  <message>
   <source>complete</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>conv</source>
   <translation>卷积</translation>
  </message>
  <message>
   <source>differs from the plain pipeline by {value}</source>
   <translation>与原版管线相差 {value}</translation>
  </message>
  <message>
   <source>end of the text (EOS)</source>
   <translation>文本结束（EOS）</translation>
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
   <source>final latent, decoded by the VAE, {size}</source>
   <translation>最终潜变量，由 VAE 解码，{size}</translation>
  </message>
  <message>
   <source>fitted linear map</source>
   <translation>拟合的线性映射</translation>
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
   <source>here</source>
   <translation>此处</translation>
  </message>
  <message>
   <source>identical to the plain pipeline</source>
   <translation>与原版管线一致</translation>
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
   <source>latent units</source>
   <translation>潜变量单位</translation>
  </message>
  <message>
   <source>latent x_t</source>
   <translation>潜变量 x_t</translation>
  </message>
  <message>
   <source>max</source>
   <translation>最大</translation>
  </message>
  <message>
   <source>mean</source>
   <translation>均值</translation>
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
   <source>model.folder-missing</source>
   <translation>没有文件夹 {path}。请检查路径。</translation>
  </message>
  <message>
   <source>model.not-diffusers</source>
   <translation>{folder} 不是 diffusers 模型：其中没有 model_index.json。请选择含有它的文件夹。</translation>
  </message>
  <message>
   <source>model.unsupported-class</source>
   <translation>{folder} 是 {class_name}，本版本不能打开这种模型。</translation>
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
   <source>noise prediction</source>
   <translation>噪声预测</translation>
  </message>
  <message>
   <source>not checked</source>
   <translation>未检查</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>无</translation>
  </message>
  <message>
   <source>nothing yet</source>
   <translation>暂无</translation>
  </message>
  <message>
   <source>observe</source>
   <translation>观察</translation>
  </message>
  <message>
   <source>output {shape}</source>
   <translation>输出 {shape}</translation>
  </message>
  <message>
   <source>padding</source>
   <translation>填充</translation>
  </message>
  <message>
   <source>piece of a word</source>
   <translation>词的一部分</translation>
  </message>
  <message>
   <source>published linear map</source>
   <translation>已发表的线性映射</translation>
  </message>
  <message>
   <source>recording.cannot-write</source>
   <translation>无法写入 {path}：{reason}。之前记录的内容会保留。请选择您有权写入的文件夹。</translation>
  </message>
  <message>
   <source>recording.disk-full</source>
   <translation>磁盘已满：无法写入 {path}。之前记录的内容会保留。请腾出空间，或记录到其他文件夹。</translation>
  </message>
  <message>
   <source>recording.exists</source>
   <translation>已经有记录 {path}。请换一个名称。</translation>
  </message>
  <message>
   <source>recording.missing</source>
   <translation>没有记录 {path}。它已被移动或删除，或名称有误。</translation>
  </message>
  <message>
   <source>resnet</source>
   <translation>resnet</translation>
  </message>
  <message>
   <source>run</source>
   <translation>运行</translation>
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
   <source>sdinspector {version}

A desktop microscope for Stable Diffusion: run a prompt and look at every part of what happened.

Apache License 2.0</source>
   <translation>sdinspector {version}

Stable Diffusion 的桌面显微镜：运行提示词，查看过程中的每一部分。

Apache License 2.0</translation>
  </message>
  <message>
   <source>skip connection</source>
   <translation>跳跃连接</translation>
  </message>
  <message>
   <source>spec.range</source>
   <translation>数值必须是 {lowest} 到 {highest} 之间的整数，而不是 {value}。</translation>
  </message>
  <message>
   <source>spec.size-multiple</source>
   <translation>尺寸必须是 {multiple} 像素的倍数，而 {value} 不是。请用 {low} 或 {high}。</translation>
  </message>
  <message>
   <source>std</source>
   <translation>标准差</translation>
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
   <source>stopped</source>
   <translation>已停止</translation>
  </message>
  <message>
   <source>t {timestep}</source>
   <translation>t {timestep}</translation>
  </message>
  <message>
   <source>text embeddings</source>
   <translation>文本嵌入</translation>
  </message>
  <message>
   <source>the model's own</source>
   <translation>模型自带</translation>
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
   <source>unreadable</source>
   <translation>无法读取</translation>
  </message>
  <message>
   <source>x̂₀ decoded</source>
   <translation>x̂₀ 解码</translation>
  </message>
  <message>
   <source>x̂₀ preview</source>
   <translation>x̂₀ 预览</translation>
  </message>
  <message>
   <source>{channels} ch · {h} × {w}</source>
   <translation>{channels} 通道 · {h} × {w}</translation>
  </message>
  <message>
   <source>{count} found</source>
   <translation>找到 {count} 个</translation>
  </message>
  <message>
   <source>{count} not finite</source>
   <translation>{count} 个非有限值</translation>
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
   <source>{count} × padding</source>
   <translation>{count} × 填充</translation>
  </message>
  <message>
   <source>{name} has no UNet with down and up blocks, so there is no U to draw; its modules are in the tree at the left.</source>
   <translation>{name} 没有带下行和上行块的 UNet，因此没有 U 可画；其模块见左侧的树。</translation>
  </message>
  <message>
   <source>{name} is neither a recording nor a model. Drop a folder NAME.sdrec, a zip of one, or a folder with a model_index.json.</source>
   <translation>{name} 既不是记录也不是模型。请拖入文件夹 NAME.sdrec、其 zip，或含 model_index.json 的文件夹。</translation>
  </message>
  <message>
   <source>{seconds} s</source>
   <translation>{seconds} 秒</translation>
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
   <source>{title}, linear colours</source>
   <translation>{title}，线性颜色</translation>
  </message>
  <message>
   <source>ε guided</source>
   <translation>引导后的 ε</translation>
  </message>
  <message>
   <source>ε_∅ + s·(ε_y − ε_∅): what the scheduler was given</source>
   <translation>ε_∅ + s·(ε_y − ε_∅)：交给调度器的量</translation>
  </message>
  <message>
   <source>简体中文</source>
   <translation>简体中文</translation>
  </message>
 </context>
</TS>
